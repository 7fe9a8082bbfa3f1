// Runs the script of a worker in an invisible frame, for pages from the disk, where browsers start no
// worker. It has what the search of Material uses of a worker, no more. The name of the class tells the
// search where it runs.
if (location.protocol === "file:") {
  window.Worker = window.IFrameWorker = class extends EventTarget {
    constructor(script) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      const inner = frame.contentWindow;
      // Written, since some browsers replace the empty page of a new frame later.
      inner.document.write("<body></body>");
      inner.document.close();
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const load = (url) => new Promise((loaded, failed) => {
        const tag = inner.document.createElement("script");
        tag.onload = loaded;
        tag.onerror = failed;
        tag.src = url;
        inner.document.body.appendChild(tag);
      });
      const started = load(script);
      this.postMessage = (data) =>
        started.then(() => inner.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
}
