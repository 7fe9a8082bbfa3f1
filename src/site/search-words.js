// Changes a query before the search of Material sees it. Material matches each word by its beginning:
// without this, "force a job" finds first what begins with "a". Stop words are left out, unless there
// are no others; words of one or two letters match themselves only, and others weigh most as they are.
{
  const QUERY = 2; // the type of the message that has the text typed by the reader
  const STOP = new Set(
    ("a about after all also am an and any are as at be because been but by can cannot could did do does" +
      " either else ever every for from get got had has have he her him his how i if in into is it its just" +
      " let like may me might more most must my neither no nor not of off often on only or other our own rather" +
      " say says she should since so some than that the their them then there these they this to too us" +
      " wants was we were what when where which while who whom will with would yet you your").split(" "),
  );

  const words = (query) => {
    // A phrase in quotes is searched for as it is.
    if (query.includes('"')) return query;
    const all = query
      .split(/[\s-]+/)
      .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""))
      .filter((word) => word);
    const telling = all.filter((word) => !STOP.has(word.toLowerCase()));
    // To a word with a weight Material adds no asterisk.
    const whole = (word) => word.length < 3 || STOP.has(word.toLowerCase());
    return (telling.length ? telling : all)
      .map((word) => word + (whole(word) ? "^1" : "^10 " + word))
      .join(" ");
  };

  window.Worker = class extends window.Worker {
    constructor(script) {
      super(script);
      const post = this.postMessage.bind(this);
      this.postMessage = (message) =>
        post(message.type === QUERY ? { ...message, data: words(message.data) } : message);
    }
  };
}
