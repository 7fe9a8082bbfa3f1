package dev.torc.features.remarks;

import dev.torc.core.decide.ToolSearch;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Step;
import dev.torc.features.remarks.RemarkTable.In;
import dev.torc.features.remarks.RemarkTable.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/** Asks the rows of {@link RemarkTable} about the commands of a job. */
final class TableRemarks implements Remark {

  private static final List<In> BEFORE = List.of(In.BARE, In.EXPANSION, In.WORD);

  @Override
  public Due due() {
    return Due.RUN;
  }

  @Override
  public void of(RemarkedJob job) {
    Map<String, String> found = new LinkedHashMap<>(0);
    for (int s = 0; s < job.steps().size(); s++) {
      for (In in : BEFORE) {
        for (Row row : RemarkTable.rows(in)) {
          add(job, s, row, found);
        }
      }
    }
    found.forEach((kind, says) -> job.say(kind, " " + says));
  }

  private static void add(RemarkedJob job, int step, Row row, Map<String, String> found) {
    CommandWords words = job.commands().get(step);
    Step of = job.steps().get(step);
    String shell = shell(of);
    for (String text : texts(row, words)) {
      Matcher match = row.find(text, shell, words.text());
      if (match != null && holds(row, match, job, words, of)) {
        String also = row.also(match, shell);
        found.merge(
            row.name(),
            row.says(match, shell),
            (said, _) -> also.isEmpty() || said.contains(also) ? said : said + ", " + also);
      }
    }
  }

  /** Returns the parts of a command in which the pattern of a row is searched. */
  static List<String> texts(Row row, CommandWords words) {
    return switch (row.in()) {
      case EXPANSION -> words.expansions();
      case WORD -> words.words().stream().map(CommandWords.CommandWord::text).toList();
      default -> words.bare().isEmpty() ? List.of() : List.of(words.bare());
    };
  }

  /** Returns the name of the shell of a step; empty for a list of words. */
  static String shell(Step step) {
    String shell = step.command() instanceof Step.Command.Shell ? step.shell().getFirst() : "";
    return shell.substring(shell.lastIndexOf('/') + 1);
  }

  static boolean holds(Row row, Matcher match, RemarkedJob job, CommandWords words, Step step) {
    return switch (row.when()) {
      case ALWAYS -> true;
      case PIPEFAIL -> step.shell().contains("pipefail");
      case CLOSED -> !job.job().has(Trait.INTERACTIVE);
      case UNSET ->
          !step.env().containsKey(match.group(1))
              && job.contents().machine().answer(match.group(1)).isEmpty()
              && !UndeclaredVariables.mayBeSet(match.group(1), job.job(), job.contents())
              && !words.maySet(match.group(1));
      case NO_PROGRAM -> {
        Tool tool = ToolSearch.program(step, match.group(1));
        yield !words.defines(match.group(1))
            && ToolSearch.isKnown(step)
            && !job.contents().isLocked(job.job(), tool)
            && job.contents().machine().tools().path(tool) == null;
      }
    };
  }
}
