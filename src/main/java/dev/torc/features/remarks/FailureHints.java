package dev.torc.features.remarks;

import dev.torc.base.posix.Io;
import dev.torc.base.text.LogExcerpt;
import dev.torc.core.attempt.Event;
import dev.torc.features.remarks.RemarkTable.In;
import dev.torc.features.remarks.RemarkTable.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/**
 * Finds what may have caused a failure, from the output of the job and from what its run left: a
 * shell that lacks a word, a question without an answer, a missing product of another job ({@link
 * MissingMaker}), a product written elsewhere ({@link WrittenInstead}). These are hints: they
 * decide nothing and are not recorded. In a group, each hint is given once.
 */
final class FailureHints {

  private static final LogExcerpt OUTPUT = new LogExcerpt(100, 200, 64 << 10);

  private FailureHints() {}

  /** Says one thing about a job that failed; in a group, each one once. */
  static void of(RemarkedJob of) {
    Event.Log log = of.run().failed().details().log();
    String what = of.run().failed().details().what();
    Long began = of.run().began();
    boolean searches =
        began != null && what.startsWith("exit 0, but ") && !what.contains("did you mean");
    String hint = searches ? WrittenInstead.line(of.graph(), of.job(), began) : null;
    List<String> output = new ArrayList<>(List.of(what));
    output.addAll(
        Io.or(
            () -> log == null ? List.of() : OUTPUT.read(log.file(), log.from(), false),
            List.of())); // the lines about the failure say so
    hint = hint == null ? row(of, output) : hint;
    hint =
        hint == null && log != null
            ? MissingMaker.line(of.graph(), of.id(), output.subList(1, output.size()))
            : hint;
    if (hint != null && !hint.isEmpty()) {
      of.say(hint.replaceFirst("(?s) .*", ""), " " + hint);
    }
  }

  /** Returns the sentence of the first row that holds; empty if it has none, null without a row. */
  private static String row(RemarkedJob of, List<String> output) {
    for (int s = 0; s < of.steps().size(); s++) {
      String shell = TableRemarks.shell(of.steps().get(s));
      CommandWords words = of.commands().get(s);
      for (String line : shell.isEmpty() ? List.<String>of() : output) {
        for (Row row : RemarkTable.rows(In.LOG)) {
          Matcher found = row.find(line, shell, words.text());
          if (found != null && TableRemarks.holds(row, found, of, words, of.steps().get(s))) {
            return row.says(found, shell);
          }
        }
      }
      for (Row row : RemarkTable.rows(In.FAILED)) {
        Matcher found = row.find(words.bare(), shell, words.text());
        if (found != null && TableRemarks.holds(row, found, of, words, of.steps().get(s))) {
          return row.says(found, shell);
        }
      }
    }
    return null;
  }
}
