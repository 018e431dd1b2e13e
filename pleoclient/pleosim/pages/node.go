package pages

import (
	"html"
	"strings"
)

// Node is a part of a page: an attribute, a text, an element, or several of them. The zero Node is nothing. A text and
// the value of an attribute are escaped when their Node is made, and there is no way to make one of HTML.
type Node struct{ attributes, content string }

// String returns the HTML.
func (n Node) String() string { return n.content }

// name is that of an element or an attribute. A constant becomes one by itself, and what comes from outside does not.
type name string

var doctype = Node{content: "<!doctype html>"}

// text returns a text.
func text(s string) Node { return Node{content: html.EscapeString(s)} }

// attr returns an attribute of the element that gets it.
func attr(n name, value string) Node {
	return Node{attributes: ` ` + string(n) + `="` + html.EscapeString(value) + `"`}
}

// flag returns an attribute that is true because it is there.
func flag(n name) Node { return Node{attributes: ` ` + string(n)} }

// class returns the attribute with the names that an element has in the style sheet.
func class(names string) Node { return attr("class", names) }

// el returns an element with its attributes and its content.
func el(tag name, parts ...Node) Node {
	in := all(parts...)
	start := "<" + string(tag) + in.attributes + ">"
	switch tag {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr":
		return Node{content: start} // it has no content, and no end
	}
	return Node{content: start + in.content + "</" + string(tag) + ">"}
}

// all returns several nodes as one.
func all(parts ...Node) Node {
	var attributes, content strings.Builder
	for _, p := range parts {
		attributes.WriteString(p.attributes)
		content.WriteString(p.content)
	}
	return Node{attributes.String(), content.String()}
}

// when returns the nodes as one if they are wanted, and otherwise nothing.
func when(wanted bool, parts ...Node) Node {
	if wanted {
		return all(parts...)
	}
	return Node{}
}

// each returns what is drawn of the items of a list.
func each[T any](list []T, draw func(T) Node) Node {
	var parts []Node
	for _, item := range list {
		parts = append(parts, draw(item))
	}
	return all(parts...)
}
