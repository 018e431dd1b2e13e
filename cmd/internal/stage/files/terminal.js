// The terminal of the customer's server: xterm.js draws what the program writes, and what is typed goes back to it.

import {Terminal} from "/terminal/xterm.mjs";

const usual = {columns: 80, rows: 24}; // what the font is made as large as possible for
const smallest = 11, largest = 22; // pixels
const family = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const most = 8192; // bytes of what is typed in one message

const screen = document.querySelector("#screen");
const notice = document.querySelector("#notice p");
const again = document.querySelector("#notice button");
const pleo = parent !== window && parent.frames.pleo; // the other side, if this page is part of the stage

const terminal = new Terminal({
  convertEol: true,
  fontFamily: family,
  scrollback: 1000,
  screenReaderMode: true,
  linkHandler: {activate: (event, address) => follow(address)},
  theme: {background: "#000000", foreground: "#e6edf3", cursor: "#e6edf3", selectionBackground: "#3b5070"},
});
terminal.open(screen);
terminal.textarea.setAttribute("aria-label", "Terminal of the customer's server. F6 leaves it");
document.querySelector("#leave").hidden = !pleo;

// A link of the program leads to pages of the simulated Pleo, and nowhere else.
function follow(address) {
  if (URL.canParse(address) && new URL(address).origin === location.origin) {
    window.open(address, "pleo"); // the frame of that name, or a tab
  }
}

// Size

const pen = document.createElement("canvas").getContext("2d");

// cell returns the width and the height of a character in a font of some pixels.
function cell(pixels) {
  pen.font = `${pixels}px ${family}`;
  const is = pen.measureText("W");
  const height = is.fontBoundingBoxAscent + is.fontBoundingBoxDescent;
  return {width: is.width, height: Math.ceil(height * devicePixelRatio) / devicePixelRatio};
}

// fit chooses the largest font in which the usual terminal fits, and then as many columns and rows as there is room
// for.
function fit() {
  const {clientWidth: width, clientHeight: height} = screen;
  if (width === 0 || height === 0) {
    return; // it is not shown
  }
  let pixels = largest, one = cell(pixels);
  const fits = () => one.width * usual.columns <= width && one.height * usual.rows <= height;
  while (pixels > smallest && !fits()) {
    pixels -= 0.5;
    one = cell(pixels);
  }
  terminal.options.fontSize = pixels;
  terminal.resize(Math.max(1, Math.floor(width / one.width)), Math.max(1, Math.floor(height / one.height)));
}

fit();
new ResizeObserver(fit).observe(screen);

// To the program. Requests may overtake each other, so they are numbered.

let viewer = null, number = 0;

function send(body, size) {
  const by = viewer;
  if (by === null) {
    return;
  }
  const sent = fetch("/terminal/input?" + new URLSearchParams({viewer: by, number: number++, ...size}), {
    method: "POST", body,
  });
  const lost = () => by === viewer && listen(); // the numbers after it wait for it
  sent.then((answer) => answer.ok || answer.status === 409 || lost(), lost);
}

terminal.onData((text) => {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += most) {
    send(bytes.slice(at, at + most));
  }
});
const sendSize = () => send(null, {columns: terminal.cols, rows: terminal.rows});
terminal.onResize(sendSize);

// From the program

let events = null, lost = 0;

function listen() {
  events?.close();
  viewer = null;
  lost = 0;
  events = new EventSource("/terminal/output");
  events.addEventListener("viewer", (event) => {
    viewer = event.data;
    number = lost = 0;
    say("");
    terminal.write("\x1bc"); // all of it is drawn again
    sendSize();
  });
  events.addEventListener("output", (event) => {
    terminal.write(Uint8Array.from(atob(event.data), (c) => c.charCodeAt(0)));
  });
  events.addEventListener("link", (event) => follow(event.data));
  events.addEventListener("taken", () => end("The terminal is now shown in another window", true));
  events.addEventListener("ended", () => end("The demo has ended"));
  events.onerror = () => {
    viewer = null;
    if (events.readyState === EventSource.CLOSED) {
      end("The demo does not show its terminal", true);
    } else if (lost++) { // the browser has tried again: what is still drawn would look as if it took keys
      end("The demo has ended, or does not answer", true);
    }
  };
}

function end(why, mayReturn) {
  events.close();
  viewer = null;
  say(why, mayReturn);
}

function say(text, mayReturn = false) {
  notice.textContent = text;
  again.hidden = !mayReturn;
  if (document.hasFocus()) {
    focus();
  }
}

// focus puts the focus where keys have a meaning.
function focus() {
  (again.hidden ? terminal : again).focus();
}

again.addEventListener("click", listen);
listen();

// Keys. Ctrl+V pastes, as everywhere in a browser. Ctrl+C copies what is selected, and is a key otherwise.

terminal.attachCustomKeyEventHandler((event) => {
  if (event.key === "F6" && pleo) {
    event.preventDefault();
    pleo.focus();
    return false;
  }
  const key = event.ctrlKey && !event.altKey && !event.metaKey ? event.key.toLowerCase() : "";
  return key !== "v" && !(key === "c" && terminal.hasSelection());
});
document.addEventListener("copy", () => setTimeout(() => terminal.clearSelection()));
addEventListener("focus", focus);
focus();

// The program may put a link into the clipboard, and never read it (OSC 52).
terminal.parser.registerOscHandler(52, (command) => {
  const text = command.slice(command.indexOf(";") + 1);
  if (text !== "?") {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    navigator.clipboard.writeText(new TextDecoder().decode(bytes)).catch(() => {});
  }
  return true;
});
