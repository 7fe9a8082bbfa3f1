package dev.torc.features.remarks;

import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.features.remarks.CommandWords.CommandWord;
import dev.torc.features.remarks.RemarkTable.In;
import dev.torc.features.remarks.RemarkTable.Row;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;

/** Asks the rows of {@link RemarkTable} about the commands of a job. */
final class TableRemarks implements Remark {

  private static final Set<In> BEFORE = EnumSet.range(In.BARE, In.WORD);

  @Override
  public Due due() {
    return Due.RUN;
  }

  @Override
  public void of(RemarkedJob job) {
    Map<String, String> found = new LinkedHashMap<>(0);
    for (int s = 0; s < job.steps().size(); s++) {
      for (In in : BEFORE) {
        List<String> texts = texts(in, job.commands().get(s), job.steps().get(s));
        for (Row row : texts.isEmpty() ? List.<Row>of() : RemarkTable.rows(in)) {
          for (String text : texts) {
            add(job, s, row, text, found);
          }
        }
      }
    }
    found.forEach((kind, says) -> job.say(kind, " " + says));
  }

  private static void add(
      RemarkedJob job, int step, Row row, String text, Map<String, String> found) {
    CommandWords words = job.commands().get(step);
    Step of = job.steps().get(step);
    String shell = shell(of);
    Matcher match = row.find(text, shell, words.text());
    if (match != null && holds(row, match, job, words, of)) {
      String also = row.also(match, shell);
      found.merge(
          row.name(),
          row.says(match, shell),
          (said, _) -> also.isEmpty() || said.contains(also) ? said : said + ", " + also);
    }
  }

  /** Returns the parts of a step in which the patterns of rows are searched. */
  static List<String> texts(In in, CommandWords words, Step step) {
    String bare = words.bare();
    return switch (in) {
      case EXPANSION -> words.expansions();
      case WORD -> words.words().stream().map(CommandWord::text).toList();
      case ENV ->
          step.env().isEmpty()
              ? List.of()
              : step.env().entrySet().stream().map(TableRemarks::assigned).toList();
      case TEXT -> words.text().indexOf('\\') < 0 ? List.of() : List.of(words.text());
      case ODD -> bare.chars().allMatch(c -> c < 0x80) ? List.of() : List.of(bare);
      default -> step.needsShell() || bare.indexOf('%') >= 0 ? List.of(bare) : List.of();
    };
  }

  /** Returns a variable as {@code NAME=TEXT}, without what is the caller's. */
  private static String assigned(Map.Entry<String, Optional<Template>> variable) {
    String text =
        variable.getValue().map(value -> CommandWords.text(value, _ -> null)).orElse(null);
    return variable.getKey() + (text == null ? "" : "=" + text);
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
      case SEVERAL -> job.steps().size() > 1;
      case OWN -> !job.job().parameters().containsKey(match.group(1));
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
            && (job.job().surroundings() == null || job.contents().variables(job.job()) != null)
            && job.contents().path(job.job(), tool) == null;
      }
    };
  }
}
