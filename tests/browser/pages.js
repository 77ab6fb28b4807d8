// Every way in which a page sends a request of its own; each goes to a path of its own.
async ({ url, redirect }) => {
  const settled = (element, attribute, address) =>
    new Promise((resolve) => {
      element.onload = element.onerror = resolve;
      element[attribute] = address;
      document.body.append(element);
    });
  const element = (name, attribute, path) =>
    settled(document.createElement(name), attribute, `${url}/${path}`);
  const frame = document.createElement("iframe");
  frame.name = "target";
  document.body.append(frame);
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: `${url}/form`, target: "target" });
  document.body.append(form);

  const waits = [
    fetch(`${url}/fetch`),
    fetch(`${url}/no-cors`, { mode: "no-cors", method: "post", body: "{}" }),
    fetch(`${url}/preflight`, { method: "post", headers: { "X-Amz-Target": "a" }, body: "{}" }),
    fetch(`${redirect}?to=${url}/redirect`),
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onloadend = resolve;
      request.open("GET", `${url}/xhr`);
      request.send();
    }),
    element("img", "src", "image"),
    element("script", "src", "script"),
    element("iframe", "src", "frame"),
    new Promise((resolve) => {
      new WebSocket(`${url.replace("http", "ws")}/websocket`).onerror = resolve;
    }),
    new Promise((resolve) => {
      const events = new EventSource(`${url}/events`);
      events.onerror = () => resolve(events.close());
    }),
    new Promise((resolve) => {
      frame.onload = resolve;
      form.submit();
    }),
  ];
  navigator.sendBeacon(`${url}/beacon`, "{}");
  await Promise.allSettled(waits);
}
