package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// checkScreen shows the answers as they come. The only key that it takes is the one that stops the check.
type checkScreen struct{}

func (c checkScreen) update(msg tea.Msg, _ flow.State) (screen, flow.Event) {
	if press, ok := msg.(tea.KeyPressMsg); ok && key.Matches(press, bindings().stop) {
		return c, flow.Back{}
	}
	return c, nil
}

func (c checkScreen) view(s flow.State, f frame) page {
	return page{title: s.Title(), rows: f.checkList(s, f.h-4), notice: spaced(f.notice(s))}
}

// checkList draws the list with the permissions under their line, when there is room for both. Only those that are
// missing have their scope: Review has shown all, and they cost bytes on a slow line.
func (f frame) checkList(s flow.State, room int) []string {
	lines := s.Lines(flow.StepCheck)
	cells := f.permissionCells(s.Integration.Permissions,
		func(p flow.Permission) string { return f.mark(s.PermissionMark(p)) })
	for i, p := range s.Integration.Permissions {
		if s.PermissionMark(p) != flow.MarkFailed {
			cells[i].right = ""
		}
	}
	granted := f.permissions(cells, f.dent()+4)
	all := f.list(lines, f.dent())
	if len(all) != len(lines) || len(all)+len(granted) > room {
		return all
	}
	var out []string
	for i, line := range lines {
		out = append(out, all[i])
		if line.Name == "permissions" {
			out = append(out, granted...)
		}
	}
	return out
}

func (c checkScreen) keys(flow.State, frame) []key.Binding { return []key.Binding{bindings().stop} }
