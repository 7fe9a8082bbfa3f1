package dev.torc.report;

import dev.torc.cache.Details;
import dev.torc.cache.Made;
import dev.torc.machine.Shown;
import dev.torc.plan.Chain;
import dev.torc.plan.Readers;
import dev.torc.plan.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

/**
 * What {@code torc why} says, in the words of commands.md: chains on one line, what is behind a
 * reason in parentheses after it. Each job is told once; what happened is the planner's to know.
 */
public final class Answer {

  /** How many jobs are told one inside the other before the tale jumps to the root. */
  private static final int DEEP = 8;

  private final Chain chain;
  private final Palette palette;
  private final Set<String> told = new HashSet<>();

  private Answer(Chain chain, Palette palette) {
    this.chain = chain;
    this.palette = palette;
  }

  /** Why a job will or may run: {@code work2 will run: need f2.json changed … (…)}. */
  public static String of(Chain chain, Palette palette) {
    return new Answer(chain, palette).tell(chain.job(), 0);
  }

  /**
   * That a job is up to date, and why it last ran, or that its products were adopted.
   *
   * @param last of its last run
   * @param chain why it last ran; null where the record of that cannot be read
   */
  public static String upToDate(String job, Details last, Chain chain, Palette palette) {
    String name = palette.bold(Shown.name(job)) + " is " + palette.green("up to date");
    return chain == null
        ? name + "; the record of its last run cannot be read"
        : name + "; " + past(last, chain, palette);
  }

  /** That products of a temporary job are missing, and nobody needs them: a line of its own. */
  public static String gone(List<Made> products) {
    String names = String.join(", ", products.stream().map(Made::path).map(Shown::name).toList());
    return "  its temporary "
        + (products.size() == 1 ? "product " : "products ")
        + names
        + (products.size() == 1 ? " is" : " are")
        + " missing, and no job that will run needs "
        + (products.size() == 1 ? "it" : "them");
  }

  /** Of a job that is not up to date, what its last run was: a line of its own. */
  public static String lastRun(Details last, Chain chain, Palette palette) {
    return "  " + past(last, chain, palette);
  }

  private static String past(Details last, Chain chain, Palette palette) {
    return chain.head().how() == Chain.How.ADOPTED
        ? "its products were adopted" + at(last) + " and it did not run since"
        : "it last ran in build " + last.number() + at(last) + because(chain, palette);
  }

  private static String because(Chain chain, Palette palette) {
    if (chain.head().reasons().isEmpty()) {
      return "";
    }
    return " because " + new Answer(chain, palette).reasons(chain.head(), 0, true);
  }

  private static String at(Details last) {
    return last.started() > 0 ? " (" + When.local(last.started()) + ")" : "";
  }

  /** What a source is to one of its readers. */
  public static String use(String path, Readers.Use use) {
    String head = Shown.name(path) + " is needed by " + Shown.name(use.job());
    if (use.build() == 0) {
      return head + ", which never ran";
    }
    String since =
        use.adopted()
            ? " since its products were adopted"
            : " since it last ran in build " + use.build();
    if (use.old().isEmpty()) {
      return head + ", new" + since;
    }
    return use.old().equals(use.now())
        ? head + ", unchanged" + since
        : head
            + ", changed "
            + Sentence.digest(use.old())
            + " → "
            + Sentence.digest(use.now())
            + since;
  }

  private String tell(String job, int depth) {
    Chain.Link link = chain.links().get(job);
    String name = Shown.name(job);
    if (depth == 0) {
      name = palette.bold(name);
    }
    boolean again = !told.add(job);
    return switch (link.how()) {
      case WILL_RUN -> name + " will run: " + (again ? "see above" : reasons(link, depth, false));
      case WILL_FAIL -> name + " will fail: " + (again ? "see above" : reasons(link, depth, false));
      case MAY_RUN -> {
        String after = link.behind().getFirst();
        yield name + " may run: after " + Shown.name(after) + inner(after, depth);
      }
      case ADOPTED -> name + " was adopted";
      case RAN -> name + " ran: " + (again ? "see above" : reasons(link, depth, false));
    };
  }

  private String reasons(Chain.Link link, int depth, boolean past) {
    told.add(link.job());
    StringJoiner out = new StringJoiner("; ");
    Set<String> here = new HashSet<>();
    for (int i = 0; i < link.reasons().size(); i++) {
      Reason reason = link.reasons().get(i);
      String behind = link.behind().get(i);
      String text = past ? past(reason) : Sentence.of(reason);
      // Of many needs from one job, the first tells of it.
      out.add(behind.isEmpty() || !here.add(behind) ? text : text + inner(behind, depth));
    }
    return out.toString();
  }

  private String inner(String job, int depth) {
    if (depth < DEEP || told.contains(job)) {
      return " (" + tell(job, depth + 1) + ")";
    }
    String root = job;
    int between = 0;
    for (String next = next(root); !next.isEmpty(); next = next(root)) {
      root = next;
      between++;
    }
    String jump = between == 0 ? "" : "… " + (between == 1 ? "1 job" : between + " jobs") + " on: ";
    Chain.Link link = chain.links().get(root);
    return " ("
        + jump
        + Shown.name(root)
        + switch (link.how()) {
          case RAN -> " ran: " + Sentence.brief(link.reasons());
          case WILL_RUN, MAY_RUN -> " will run: " + Sentence.brief(link.reasons());
          case WILL_FAIL -> " will fail: " + Sentence.brief(link.reasons());
          case ADOPTED -> " was adopted";
        }
        + ")";
  }

  /** The first job behind another, empty at a root. */
  private String next(String job) {
    List<String> behind = chain.links().get(job).behind();
    return behind.stream().filter(name -> !name.isEmpty()).findFirst().orElse("");
  }

  /** A reason of a run that is over. */
  private static String past(Reason reason) {
    return switch (reason.kind()) {
      case NEVER_RAN -> "it had never run";
      case FAILED ->
          "it had failed" + (reason.now().isEmpty() ? "" : " (" + Shown.line(reason.now()) + ")");
      case TIMED_OUT -> "it had timed out";
      case OUT_OF_MEMORY -> "it had run out of memory";
      case INTERRUPTED -> "it had been interrupted";
      case MOVED -> "need " + Shown.name(reason.name()) + " had moved while it ran";
      case ALWAYS -> "it always runs";
      case FORCED -> "it was forced";
      default -> Sentence.of(reason);
    };
  }
}
