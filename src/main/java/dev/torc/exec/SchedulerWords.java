package dev.torc.exec;

import dev.torc.machine.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What schedulers write for people: on one line, and whether it is an answer at all. */
final class SchedulerWords {

  private static final int MOST = 300; // characters

  /** A program's name before what it says. */
  private static final Pattern PREFIX = Pattern.compile("^[\\w.-]+: (?:error|fatal): +");

  /** The scheduler cannot be reached, or not now: it may have heard the question or not. */
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "timed? ?out|unable to contact|(can ?not|can't|could not|failed to) (connect|contact)"
              + "|connect(ion)? (refused|reset|failure|closed)|communication (failure|connection)"
              + "|zero bytes were|unexpected message|standby mode|temporarily un|try again"
              + "|not responding|is down\\b|authentication|munge|unreachable|no route to host"
              + "|unable to (send message|establish)|broken pipe|fetch config",
          Pattern.CASE_INSENSITIVE);

  private SchedulerWords() {}

  /** The lines of a program's complaint, without its name, as one. */
  static String line(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n")) {
      String words = PREFIX.matcher(line.strip()).replaceFirst("");
      if (!words.isEmpty() && !lines.contains(words)) {
        lines.add(words);
      }
    }
    return SafeText.line(String.join("; ", lines), MOST);
  }

  /** What a command that failed has to say for it, never empty. */
  static String failure(ProgramOutput said) {
    String words = line(said.errors().isBlank() ? said.text() : said.errors());
    return words.isEmpty() ? "exit " + said.status() : words;
  }

  /** Whether a command that failed had no answer from the scheduler. */
  static boolean isNoAnswer(ProgramOutput said) {
    return said.status() < 0
        || UNREACHABLE.matcher(said.errors()).find()
        || UNREACHABLE.matcher(said.text()).find();
  }

  /** Whether it is text at all. */
  static boolean isText(String text) {
    return text.chars()
        .allMatch(c -> c >= ' ' && c != 0x7f && c != 0xfffd || c == '\n' || c == '\r' || c == '\t');
  }
}
