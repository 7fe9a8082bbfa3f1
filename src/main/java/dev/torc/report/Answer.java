package dev.torc.report;

/** What a request found out, ready to be read: by people, or by programs. */
public interface Answer {

  /** The text for standard output; each line has its line feed. */
  String text(Palette palette);

  /** The fields of the one JSON document. */
  void json(JsonWriter out);
}
