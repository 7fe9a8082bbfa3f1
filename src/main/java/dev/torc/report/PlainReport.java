package dev.torc.report;

import dev.torc.engine.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;

/** Lines one after the other, where no live ones are wanted. It does not make the words. */
public final class PlainReport implements Report {

  private final Writer err;
  private final EventText wording;

  /**
   * Reports to {@code err}, which stays open.
   *
   * @param here the absolute folder that the user stands in: logs below it are named relative to it
   * @param terminal whether people read it at once: what jobs wrote is set off then
   */
  public PlainReport(Writer err, Detail detail, Palette palette, Path here, boolean terminal) {
    this.err = err;
    this.wording = new EventText(detail, palette, here, terminal);
  }

  @Override
  public void accept(Event event) {
    write(err, wording.of(event));
  }

  /** Writes a text in one go. */
  static void write(Writer out, String text) {
    if (text.isEmpty()) {
      return;
    }
    try {
      out.write(text);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
