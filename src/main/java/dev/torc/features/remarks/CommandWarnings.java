package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.model.FoldedLines;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.features.remarks.UndeclaredReads.UndeclaredWord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Writes the warnings of rule 14: about files that a command runs or names but does not need, and
 * about pipes that lose failures. Each line is given only once. The caller chooses the jobs whose
 * commands are new.
 */
public final class CommandWarnings {

  private static final Pattern COMPILER =
      Pattern.compile("(.*[/-])?(gcc|g\\+\\+|cc|c\\+\\+|clang|clang\\+\\+)(-[\\d.]+)?");

  /** A header among the needs, or a pattern or folder in which headers may be. */
  private static final Pattern HEADER =
      Pattern.compile(".*(\\.(h|hh|hpp|hxx|inc)\\b.*|/\\**)|.*include.*");

  private final boolean all;
  private final FoldedLines lines = new FoldedLines();
  private UndeclaredReads reads;
  private VarsInScripts scripts;
  private PlanContext context;

  /** Warns even about project files that a command names but does not run, if {@code all}. */
  public CommandWarnings(boolean all) {
    this.all = all;
  }

  public List<Diagnostic> of(PlanContext now, int[] jobs) {
    if (now != context) {
      context = now;
      reads = new UndeclaredReads(now, all);
      scripts = all ? new VarsInScripts(now.graph()) : null;
    }
    for (int job : jobs) {
      addWarnings(job);
    }
    return lines.takeNewLines();
  }

  private void addWarnings(int id) {
    Job job = context.graph().job(id);
    List<CommandWords> commands = new ArrayList<>(job.runs().steps().size());
    List<String> lost = null;
    NeedContents contents = context.contents();
    for (Step step : job.runs().steps()) {
      CommandWords words = new CommandWords(step.command(), step.shell());
      commands.add(words);
      add(job, "spelling", OtherSpellings.in(job, words, step, contents));
      add(job, "character", Lookalikes.in(words));
      add(job, "secret", SecretNames.in(job, step));
      add(job, "caller", UndeclaredVariables.in(job, words, step, contents));
      add(job, "folder", new FolderTargets(context.graph(), job, step, words).line());
      lost = words.losesFailures() ? step.shell() : lost;
    }
    if (job.runs().retry().recover() != null && lost == null && !job.runs().steps().isEmpty()) {
      List<String> shell = job.runs().steps().getFirst().shell();
      Step.Command recover = new Step.Command.Shell(job.runs().retry().recover());
      lost = new CommandWords(recover, shell).losesFailures() ? shell : null;
    }
    Map<String, Integer> alike = new HashMap<>();
    for (UndeclaredWord read : reads.of(id, commands)) {
      String kind = read.maker() >= 0 ? "product" : read.runs() ? "run" : "file";
      add(job, kind + alike.merge(kind, 1, Integer::sum), () -> text(id, read));
    }
    if (scripts != null) {
      add(job, "vars", scripts.line(id));
      add(job, "headers", headers(job, commands));
    }
    if (lost != null) {
      String text = ": in a pipe %s notices only the last failure;".formatted(lost.getFirst());
      add(job, "pipe", () -> text + " set shell: [bash, -e, -o, pipefail, -c]");
    }
  }

  /** Returns a warning about a C compiler whose headers nothing tells; null for none. */
  private static String headers(Job job, List<CommandWords> commands) {
    if (job.finds()
        || job.needRefs().stream().anyMatch(ref -> HEADER.matcher(ref.text()).matches())) {
      return null;
    }
    return commands.stream()
            .flatMap(each -> each.commands().stream())
            .anyMatch(each -> COMPILER.matcher(each.getFirst()).matches() && each.contains("-c"))
        ? " compiles C, and changes of headers go unseen; add -MD -MF x.d to the command and"
            + " depfile: x.d to the job, or trace: true"
        : null;
  }

  private void add(Job job, String key, String text) {
    if (text != null) {
      add(job, key, () -> text);
    }
  }

  private void add(Job job, String key, Supplier<String> text) {
    if (!lines.counts(job, key)) {
      lines.add(job, key, job.place(), "job ", text.get());
    }
  }

  private String text(int job, UndeclaredWord read) {
    Graph graph = context.graph();
    String does = (read.runs() ? " runs " : " names ") + read.word();
    String add = "add " + item(read) + " to needs";
    if (read.maker() < 0) {
      return read.runs()
          ? does + " but does not need it; " + add + ", or its changes go unseen"
          : does + ", a file that it does not need; if it is read, " + add;
    }
    String what = does + ", a product of " + graph.title(read.maker());
    if (graph.precedes(job, read.maker())) {
      return what + ", which waits for this job; if that is read, split the job in two";
    }
    return what
        + " that it does not need; "
        + add
        + ", or its changes go unseen"
        + (graph.precedes(read.maker(), job) ? " (after only orders jobs)" : "");
  }

  private String item(UndeclaredWord read) {
    String path = Glob.escape(read.path());
    if (read.maker() >= 0 && context.graph().isJob(read.maker())) {
      for (Ref ref : context.graph().job(read.maker()).productRefs()) {
        if (ref instanceof Ref.OfFolder folder && folder.path().equals(read.path())) {
          return path + "/";
        }
      }
    }
    return path;
  }
}
