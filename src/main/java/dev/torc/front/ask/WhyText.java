package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.KnownResults.NearestResult;
import dev.torc.features.why.Causes.CauseChain;
import dev.torc.features.why.Causes.PathUse;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.ReasonText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The text of {@code torc why}: a chain of causes. Each reason is followed by the job that caused
 * it: in parentheses, or in a chain of three jobs and more on a line of its own, further in. Each
 * job is explained only once. {@link ReasonText} words each reason.
 */
final class WhyText {

  /** How many jobs are nested before the text jumps to the root cause. */
  private static final int DEEP = 8;

  /** The most products that a line names. */
  private static final int NAMED = 5;

  private final CauseChain chain;
  private final Palette palette;
  private final boolean brief;
  private final Set<String> told = new HashSet<>();
  private final List<String> inner = new ArrayList<>(); // lines of a long chain
  private final String indent; // before these lines; null for a short chain

  private WhyText(CauseChain chain, Palette palette, boolean brief, String indent) {
    this.chain = chain;
    this.palette = palette;
    this.brief = brief;
    boolean isLong =
        chain.head().behind().stream().anyMatch(job -> !job.isEmpty() && !next(job).isEmpty());
    this.indent = isLong ? indent : null;
  }

  private String with(String first) {
    return inner.isEmpty() ? first : first + "\n" + String.join("\n", inner);
  }

  /**
   * Returns why a job will or may run: {@code work2 will run: need f2.json changed … (…)}. If jobs
   * that it waits for cannot succeed as they are, a line about these is first; a job that {@code
   * skips} runs without them. If {@code brief}, the text names only the first of many needs.
   */
  static String of(CauseChain chain, Predicate<String> skips, Palette palette, boolean brief) {
    WhyText text = new WhyText(chain, palette, brief, "  ");
    String why = text.with(text.explain(chain.job(), 0));
    SequencedSet<String> blocks = new LinkedHashSet<>();
    text.addBlocks(chain.job(), skips, new HashSet<>(), blocks);
    return blocks.isEmpty()
        ? why
        : "%s is blocked: %s\n  %s"
            .formatted(
                palette.bold(SafeText.name(chain.job())),
                String.join("; ", blocks),
                why.replace("\n", "\n  "));
  }

  /** Adds the nearest jobs that fail and that a job needs: {@code fetch failed (exit 1)}. */
  private void addBlocks(String job, Predicate<String> skips, Set<String> seen, Set<String> to) {
    for (String behind : skips.test(job) ? List.<String>of() : chain.links().get(job).behind()) {
      String failed = behind.isEmpty() ? "" : failed(chain.links().get(behind));
      if (!failed.isEmpty()) {
        to.add(SafeText.name(behind) + failed);
      } else if (!behind.isEmpty() && seen.add(behind)) {
        addBlocks(behind, skips, seen, to);
      }
    }
  }

  /** Returns how a job fails: its inputs are those of its last run, which failed; else empty. */
  private static String failed(CauseChain.Link link) {
    if (link.how() == CauseChain.How.WILL_FAIL) {
      return how(link, "", ReasonText.brief(link.reasons()));
    }
    boolean same = link.reasons().size() == 1 && link.how() == CauseChain.How.WILL_RUN;
    Reason only = same ? link.reasons().getFirst() : Reason.NEVER_RAN;
    String word = ReasonText.of(only);
    return only.isUnfinished() && only.kind() != Reason.Kind.INTERRUPTED
        ? " " + word.replaceFirst(" last time", "")
        : "";
  }

  /**
   * Returns the line about a job that is up to date: why it last ran, or that its products were
   * adopted. The chain is null without a readable record of a run.
   */
  static String upToDate(
      String job, RunDetails last, CauseChain chain, Palette palette, boolean brief) {
    String name = palette.bold(SafeText.name(job)) + " is " + palette.green("up to date");
    return chain == null
        ? name + "; no run of it is on record, or none that can be read"
        : name + "; " + past(last, chain, palette, brief);
  }

  /** Returns the line about a job that is skipped: why, and because of which job. */
  static String skipped(String job, RunDetails last, String why, Palette palette) {
    return palette.bold(SafeText.name(job))
        + " is skipped"
        + (why.isEmpty()
            ? ": " + last.what() + " in build " + last.ran().build() + ", nothing changed"
            : ": " + SafeText.message(why));
  }

  /**
   * Returns the line about a job that is frozen or was not probed. {@code known} is the line about
   * the same job as up to date; null if no run of it is known.
   */
  static String resting(String job, Verdict.UpToDate at, String known, Palette palette) {
    String name = palette.bold(SafeText.name(job));
    String would = at.reasons().isEmpty() ? "" : "; would run: " + ReasonText.brief(at.reasons());
    String past = known == null ? "" : known.substring(known.indexOf(';'));
    return at.rest() == Verdict.Rest.FROZEN
        ? name + " is frozen" + would + past
        : name + " is up to date (not probed)" + past;
  }

  /**
   * Returns a line about missing products of a temporary job that no job needs. If {@code deletes},
   * torc removed them automatically.
   */
  static String gone(List<RecordedProduct> products, boolean deletes) {
    String names = SafeText.names(products.stream().map(RecordedProduct::path).toList(), NAMED);
    boolean one = products.size() == 1;
    String how = deletes ? "gone (temporary: delete)" : "missing";
    String line =
        one
            ? "  its temporary product %s is %s, and no job that will run needs it"
            : "  its temporary products %s are %s, and no job that will run needs them";
    return line.formatted(names, how);
  }

  /** Returns a line about the nearest earlier result, and why it cannot be used. */
  static String nearest(NearestResult near, boolean brief) {
    List<Reason> reasons = near.reasons();
    String why = brief ? ReasonText.brief(reasons) : ReasonText.all(reasons);
    String lack = SafeText.message(near.lack());
    why += (why.isEmpty() || lack.isEmpty() ? "" : "; ") + lack;
    return "  nearest is the result of " + AttemptText.origin(near.from()) + ": " + why;
  }

  /** Returns when and why a job last ran or was restored, or that its products were adopted. */
  static String past(RunDetails last, CauseChain chain, Palette palette, boolean brief) {
    String at = last.ran().started() > 0 ? " (" + Amount.localTime(last.ran().started()) + ")" : "";
    if (chain.head().how() == CauseChain.How.ADOPTED) {
      return "its products were adopted" + at + " and it did not run since";
    }
    String how = last.origin() == null ? "it last ran" : "it was restored";
    String from = last.origin() == null ? "" : " from " + AttemptText.origin(last.origin());
    WhyText text = new WhyText(chain, palette, brief, "    ");
    String why =
        chain.head().reasons().isEmpty() ? "" : " because " + text.reasons(chain.head(), 0, true);
    return text.with(how + " in build " + last.ran().build() + at + from + why);
  }

  /**
   * Returns a line that says that a reader needs a source, and whether the source has changed since
   * the reader last ran. {@code reader} may name several readers for which {@link #since} is the
   * same.
   */
  static String use(String path, String reader, PathUse use) {
    return SafeText.name(path) + " is needed by " + reader + since(use);
  }

  static String since(PathUse use) {
    if (use.build() == 0) {
      return ", which never ran";
    }
    String since =
        use.adopted() ? "its products were adopted" : "it last ran in build " + use.build();
    String digests = ReasonText.digest(use.old()) + " → " + ReasonText.digest(use.now());
    String how = use.old().equals(use.now()) ? "unchanged" : "changed " + digests;
    return ", " + (use.old().isEmpty() ? "new" : how) + " since " + since;
  }

  private String explain(String job, int depth) {
    CauseChain.Link link = chain.links().get(job);
    String name = SafeText.name(job);
    if (depth == 0) {
      name = palette.bold(name);
    }
    String why = told.add(job) ? reasons(link, depth, false) : "see above";
    if (link.how() == CauseChain.How.MAY_RUN) {
      String after = link.behind().getFirst();
      return name + " may run: after " + SafeText.name(after) + inner(after, depth);
    }
    return name
        + how(link, link.from().map(of -> " from " + AttemptText.origin(of)).orElse(""), why);
  }

  private static String how(CauseChain.Link link, String from, String why) {
    return switch (link.how()) {
      case WILL_RUN, MAY_RUN -> {
        String out = Reason.out(link.reasons());
        yield (out == null ? " will run: " : " is submitted to " + SafeText.line(out) + ": ") + why;
      }
      case WILL_RESTORE -> " will be restored" + from + ": " + why;
      case RESTORED -> " was restored" + from + ": " + why;
      case WILL_FAIL -> " will fail: " + why;
      case ADOPTED -> " was adopted";
      case RAN -> " ran: " + why;
    };
  }

  private String reasons(CauseChain.Link link, int depth, boolean past) {
    told.add(link.job());
    List<Reason> reasons = Reason.causes(link.reasons());
    Set<String> here = new HashSet<>();
    IntFunction<String> each =
        i -> {
          Reason reason = reasons.get(i);
          String behind = link.behind().get(link.reasons().indexOf(reason));
          String text = past ? ReasonText.past(reason) : ReasonText.of(reason);
          // If several needs come from one job, explain that job only after the first.
          return behind.isEmpty() || !here.add(behind) ? text : text + inner(behind, depth);
        };
    return brief
        ? ReasonText.brief(reasons, each)
        : String.join("; ", IntStream.range(0, reasons.size()).mapToObj(each).toList());
  }

  private String inner(String job, int depth) {
    if (indent == null || told.contains(job)) {
      return " (" + behind(job, depth) + ")";
    }
    int line = inner.size();
    inner.add(""); // those of the jobs behind it follow
    inner.set(line, indent + "  ".repeat(depth) + behind(job, depth));
    return "";
  }

  private String behind(String job, int depth) {
    if (depth < DEEP || told.contains(job)) {
      return explain(job, depth + 1);
    }
    String root = job;
    int between = 0;
    for (String next = next(root); !next.isEmpty(); next = next(root)) {
      root = next;
      between++;
    }
    String jump = between == 0 ? "" : "… " + (between == 1 ? "1 job" : between + " jobs") + " on: ";
    CauseChain.Link link = chain.links().get(root);
    String why = how(link, "", ReasonText.brief(Reason.causes(link.reasons())));
    return jump + SafeText.name(root) + why;
  }

  /** Returns the first job that caused a job to run; empty for a root cause. */
  private String next(String job) {
    List<String> behind = chain.links().get(job).behind();
    return behind.stream().filter(name -> !name.isEmpty()).findFirst().orElse("");
  }
}
