package dev.torc.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which cases there are, at which sizes, with which targets. */
final class Cases {

  /** Libraries of more jobs are built in full only once, which their no-op and edit need anyway. */
  private static final int LARGE = 10_000;

  private final List<Integer> sizes;
  private final int scale;
  private final int deep;
  private final int fanIn;
  private final int archives;
  private final int hashMib;
  private final int rounds;
  private final int longRounds;

  /** Sizes and rounds as the options say. */
  Cases(Options options) {
    boolean quick = options.quick;
    sizes =
        options.sizes.isEmpty()
            ? quick ? List.of(100, 1000) : List.of(1000, LARGE, 100_000)
            : options.sizes;
    scale = sizes.stream().filter(n -> n <= LARGE).max(Integer::compare).orElse(LARGE);
    deep = quick ? Math.min(300, scale) : scale;
    fanIn = quick ? 60 : 300;
    archives = quick ? 3 : 10;
    hashMib = options.hashSize != null ? options.hashSize : quick ? 256 : 4096;
    rounds = options.rounds != null ? options.rounds : quick ? 3 : 7;
    longRounds = options.longRounds != null ? options.longRounds : quick ? 1 : 3;
  }

  /** Size in bytes of the large file of {@link HashContest}. */
  long hashSize() {
    return (long) hashMib << 20;
  }

  /** The rounds of {@link HashContest} and of {@link ExpandContest}. */
  int hashRounds() {
    return longRounds;
  }

  /** The targets of {@link HashContest}. */
  List<Target> hashTargets() {
    List<Target> targets = new ArrayList<>();
    if (hashMib == 4096) {
      targets.add(new Target.Ratio("openssl", Figure.WALL, 0.6));
    }
    targets.add(new Target.Extra(HashContest.READ, 0));
    return targets;
  }

  /** How many jobs, run one after the other, the group of {@link ExpandContest} follows from. */
  int makers() {
    return deep == LARGE ? 1000 : 100;
  }

  /** The targets of {@link ExpandContest}. */
  List<Target> expandTargets() {
    return List.of(new Target.Ratio(ExpandContest.AT_ONCE, Figure.CPU, 2));
  }

  /** How many jobs the projects of {@link OldContest} have. */
  int oldJobs() {
    return deep == LARGE ? 999 : 30;
  }

  /** How often its old project was built. */
  int oldBuilds() {
    return deep == LARGE ? 2000 : 20;
  }

  /** The rounds of {@link OldContest}. */
  int oldRounds() {
    return rounds;
  }

  /** The targets of {@link OldContest}. */
  List<Target> oldTargets() {
    return deep == LARGE
        ? List.of(new Target.Ratio(OldContest.FRESH, Figure.CPU, 1.05))
        : List.of();
  }

  /** How many fields a survey has. */
  int fields() {
    return deep == LARGE ? 500 : 10;
  }

  /** How many seconds longer the slow field of a survey takes. */
  int slow() {
    return deep == LARGE ? 30 : 2;
  }

  /** The targets of {@link SurveyContest}. */
  List<Target> surveyTargets() {
    return deep == LARGE
        ? List.of(new Target.Ratio(SurveyContest.PEER, Figure.CPU, 0.25))
        : List.of();
  }

  /** All cases; each list has the cases of one graph, in the order in which they are played. */
  List<List<Case>> all() {
    List<List<Case>> all = new ArrayList<>();
    sizes.forEach(n -> all.add(libraries(n)));
    all.add(small(300, 2.5));
    if (deep == LARGE) {
      all.add(small(1000, 2));
      all.add(small(3000, 1.7));
    }
    all.add(chain());
    all.add(wide());
    all.add(fanIn());
    all.add(listed());
    all.add(program());
    all.add(stages(1));
    all.add(stages(40));
    return all;
  }

  private List<Case> libraries(int n) {
    Graph graph = Shapes.libraries(n);
    String jobs = grouped(n) + " jobs";
    List<Target> full = new ArrayList<>();
    List<Target> noop = new ArrayList<>();
    List<Target> edit = new ArrayList<>();
    if (n == 1000) {
      noop.add(new Target.Bound(Figure.WALL, 100));
      noop.add(served(1));
      edit.add(served(2));
    } else if (n == 10_000) {
      full.add(new Target.Ratio("ninja", Figure.CPU, 0.75));
      full.add(new Target.Ratio("make", Figure.CPU, 1.05));
      full.add(new Target.PerJob(n, 0.15));
      noop.add(new Target.Ratio("ninja", Figure.WALL, 3.5));
      noop.add(served(0.45));
      edit.add(served(0.9));
    } else if (n == 100_000) {
      noop.add(new Target.Ratio("ninja", Figure.WALL, 1.0));
      noop.add(new Target.Bound(Figure.PEAK, 350e6 / (1 << 20)));
      noop.add(served(0.25));
      edit.add(new Target.Ratio("ninja", Figure.WALL, 1.0));
    }
    List<Case> cases = new ArrayList<>();
    int times = n > LARGE ? 1 : n > 1000 ? longRounds : Math.max(longRounds, rounds / 2);
    cases.add(new Case("full-" + n, "full build, " + jobs, graph, Case.Step.FULL, times, full));
    cases.add(new Case("noop-" + n, "no-op, " + jobs, graph, Case.Step.NOTHING, rounds, noop));
    cases.add(new Case("edit-" + n, "one edit, " + jobs, graph, Case.Step.EDIT, rounds, edit));
    if (n == scale) {
      List<Target> touch =
          n == 10_000 ? List.of(new Target.Ratio("ninja", Figure.WALL, 0.05)) : List.of();
      cases.add(
          new Case(
              "touch-" + n,
              "all sources touched, " + jobs,
              graph,
              Case.Step.TOUCH,
              longRounds,
              touch));
    }
    return cases;
  }

  private static Target served(double most) {
    return new Target.Ratio(Tool.SERVED.program(), "ninja", Figure.WALL, most);
  }

  private List<Case> small(int n, double most) {
    return List.of(
        new Case(
            "small-" + n,
            "full build, " + grouped(n) + " jobs of `: > FILE`",
            Shapes.small(n),
            Case.Step.FULL,
            n > 1000 ? longRounds : rounds,
            List.of(new Target.Ratio("ninja", Figure.WALL, most), served(1.3))));
  }

  private List<Case> chain() {
    Graph graph = Shapes.chain(deep);
    String title = "a chain of " + grouped(deep) + " jobs, ";
    return List.of(
        new Case("chain-full", title + "full build", graph, Case.Step.FULL, 1, List.of()),
        new Case("chain-noop", title + "no-op", graph, Case.Step.NOTHING, rounds, List.of()));
  }

  private List<Case> wide() {
    Graph graph = Shapes.wide(deep);
    String title = "one source under " + grouped(deep) + " jobs, ";
    return List.of(
        new Case("wide-noop", title + "no-op", graph, Case.Step.NOTHING, rounds, List.of()),
        new Case("wide-edit", title + "edited", graph, Case.Step.EDIT, 1, List.of()));
  }

  private List<Case> stages(int stages) {
    int jobs = 2 * scale;
    Graph graph = Shapes.stages(jobs, stages);
    String title =
        grouped(jobs) + " jobs, and " + stages + (stages == 1 ? " group" : " groups in a chain");
    String name = "stages-" + stages;
    return List.of(
        new Case(name + "-noop", title + ", no-op", graph, Case.Step.NOTHING, rounds, List.of()),
        new Case(name + "-edit", title + ", one edit", graph, Case.Step.EDIT, rounds, List.of()));
  }

  private List<Case> fanIn() {
    List<Target> targets = fanIn == 300 ? List.of(new Target.Bound(Figure.WALL, 150)) : List.of();
    return List.of(
        new Case(
            "fan-in",
            fanIn + "×" + fanIn + " fan-in, said as a whole, no-op",
            Shapes.fanIn(fanIn, false),
            Case.Step.NOTHING,
            rounds,
            targets));
  }

  private List<Case> listed() {
    return List.of(
        new Case(
            "fan-in-listed",
            fanIn + "×" + fanIn + " fan-in, each file named, no-op",
            Shapes.fanIn(fanIn, true),
            Case.Step.NOTHING,
            rounds,
            List.of()));
  }

  private List<Case> program() {
    Graph graph = Shapes.program(archives, 20);
    String title = "a program of " + archives * 20 + " C files, ";
    return List.of(
        new Case("c-full", title + "full build", graph, Case.Step.FULL, longRounds, List.of()),
        new Case("c-noop", title + "no-op", graph, Case.Step.NOTHING, rounds, List.of()),
        new Case(
            "c-comment",
            title + "a comment edited in a header of 20",
            graph,
            Case.Step.EDIT,
            rounds,
            List.of(new Target.FewerJobs("ninja"), new Target.Ratio("ninja", Figure.WALL, 1.5))));
  }

  /** A number with blanks between its thousands. */
  static String grouped(int number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
  }
}
