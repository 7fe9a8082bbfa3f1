package dev.torc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The version of torc, for people. */
final class Version {

  private Version() {}

  /** The version alone. */
  static String number() throws IOException {
    String text = text();
    return text.substring(0, text.indexOf(' '));
  }

  /** The version, the commit it was built from, the Java that runs it, and a line feed. */
  static String text() throws IOException {
    try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
      String torc = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      return torc + ", Java " + Runtime.version() + "\n";
    }
  }
}
