package dev.torc.cli;

import dev.torc.build.Build;
import dev.torc.build.Event;
import dev.torc.build.Setup;
import dev.torc.cache.BuildLock;
import dev.torc.exec.LocalRunner;
import dev.torc.exec.Runner;
import dev.torc.hash.Digests;
import dev.torc.hash.FileClock;
import dev.torc.machine.Jobserver;
import dev.torc.machine.Limits;
import dev.torc.machine.Makeflags;
import dev.torc.plan.Checks;
import dev.torc.plan.Expander;
import dev.torc.plan.Plan;
import dev.torc.plan.Rest;
import dev.torc.plan.Selection;
import dev.torc.plan.Taken;
import dev.torc.plan.Verdict;
import dev.torc.posix.Environment;
import dev.torc.posix.RandomId;
import dev.torc.posix.Signals;
import dev.torc.report.Profile;
import dev.torc.report.Report;
import dev.torc.workflow.BadInput;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** {@code torc build}: checks everything, then builds, in the order of section 5. */
final class BuildCommand extends Command {

  private final BuildOptions options = new BuildOptions();
  private Profile profile; // null where nobody asked for it

  @Override
  String description() {
    return "run the jobs that are not up to date";
  }

  @Override
  void declare(Options told) {
    options.declare(told);
  }

  @Override
  int run(Console console) throws IOException {
    Map<String, String> given = options.limits();
    long began = System.nanoTime();
    Project project = Project.load(console, common);
    Selection selection = project.select(options.targets());
    Capacity capacity = Capacity.of(project.workflow(), Limits.here(console.env()), given);
    boolean dry = options.dryRun() || Makeflags.dryRun(console.env().getOrDefault("MAKEFLAGS", ""));
    AtRest rest = AtRest.of(project, dry ? FileClock.none() : project.clock());
    if (!dry && rest.restless(forced(selection)).intersects(selection.jobs())) {
      HeadStart.begin();
    }
    BitSet concerned = rest.concerned(selection.jobs(), forced(selection));
    BitSet tooLarge = check(project, capacity, concerned, dry);
    if (dry || !tooLarge.isEmpty()) {
      try (Look look = Look.at(project, rest, console::warn)) {
        Selection expanded = look.project().select(options.targets());
        Plan plan = look.plan(expanded, options.force());
        capacity.refuse(plan);
        look.taken().refuse(looked(plan));
        if (dry) {
          Advice.emptyGroups(look.project(), expanded, options.targets())
              .forEach(line -> console.warn(line.toString()));
          Advice.emptyGlobs(look.project(), looked(plan))
              .forEach(line -> console.warn(line.toString()));
          return DryRun.print(console, plan, common.json());
        }
      }
    }
    String build = RandomId.next();
    if (options.profile()) {
      profile = Profiles.of(console, project, began);
    }
    try (Report report = report(console)) {
      Consumer<String> note = line -> report.accept(new Event.Note(Event.Level.INFO, line));
      BuildLock lock =
          Workshop.lock(console, project.place(), build, "torc build", !options.noWait(), note);
      if (lock == null) {
        return Exit.LOCKED;
      }
      try (lock) {
        if (!rest.holds()) { // another build was at work
          rest = AtRest.none(project);
          check(project, capacity, selection.jobs(), false);
        }
        return build(rest, selection, capacity, given, build, report);
      }
    }
  }

  private Report report(Console console) {
    Report report = Reports.open(console, common, options.detail(), () -> -1);
    return profile == null ? report : Report.all(List.of(report, profile));
  }

  /** What the disk and the machine say of jobs that may run; returns those that are too large. */
  private static BitSet check(Project project, Capacity capacity, BitSet jobs, boolean dry)
      throws IOException {
    List<BadInput.Diagnostic> unreadable = Checks.check(project.graph(), looking(project), jobs);
    if (dry) { // else the jobs fail and say so
      unreadable.forEach(line -> project.console().warn(line.toString()));
    }
    Images.refuse(project.graph(), jobs, project.containers());
    return capacity.tooLarge(project.graph(), jobs);
  }

  private BitSet forced(Selection selection) {
    return options.force() ? selection.named() : new BitSet();
  }

  private int build(
      AtRest rest,
      Selection selection,
      Capacity capacity,
      Map<String, String> given,
      String build,
      Report report)
      throws IOException {
    BitSet restless = rest.restless(forced(selection));
    if (rest.rest() != null
        && !restless.intersects(selection.jobs())
        && selection.open().isEmpty()) {
      tellEmpty(rest.project(), selection, report);
      rest.renew(report);
      boolean each = common.json() || options.detail() == Report.Detail.VERBOSE;
      return rest.tell(build, selection.jobs(), each, report);
    }
    Rest next;
    int exit;
    try (Workshop shop = rest.open(build, report)) {
      AtomicReference<Plan> plan = new AtomicReference<>();
      exit = build(shop, selection, restless, capacity, given, report, plan);
      // After a signal nothing is read any more: the next build looks at everything.
      next = exit > Exit.signal(0) ? null : rest.after(plan.get(), shop, report);
    }
    rest.keep(next, report);
    return exit;
  }

  /** The selected jobs without those that are at rest, and those that fail for what is gone. */
  private static BitSet looked(Plan plan) {
    BitSet looked = (BitSet) plan.decided().clone();
    looked.and(plan.selected());
    plan.selected().stream()
        .filter(j -> plan.verdict(j) instanceof Verdict.WillFail)
        .forEach(looked::clear);
    return looked;
  }

  private void tellEmpty(Project project, Selection selection, Report report) {
    Advice.emptyGroups(project, selection, options.targets()).stream()
        .map(line -> new Event.Note(Event.Level.WARNING, line.toString()))
        .forEach(report);
  }

  private static Digests looking(Project project) {
    return Digests.looking(project.workflow().root(), _ -> null);
  }

  private int build(
      Workshop shop,
      Selection selection,
      BitSet restless,
      Capacity capacity,
      Map<String, String> given,
      Report report,
      AtomicReference<Plan> planned)
      throws IOException {
    if (profile != null) {
      profile.phase("plan");
    }
    Project project = shop.project();
    AtomicBoolean begun = new AtomicBoolean();
    Expander expander =
        project.expander(
            options.targets(),
            (graph, jobs) -> {
              Checks.check(graph, shop.digests(), jobs);
              Images.refuse(graph, jobs, project.containers());
              if (begun.get()) {
                capacity.refuse(graph, jobs);
              }
            });
    Plan plan = expander.plan(shop.scene(selection, options.force()), restless);
    planned.set(plan);
    // Once more: what changed since the first look may make such a job run, and it never could.
    capacity.refuse(plan);
    new Taken(plan.scene().graph(), plan.scene().records(), shop.digests()).refuse(looked(plan));
    begun.set(true);
    Project expanded = project.with(plan.scene().graph());
    report.accept(
        new Event.Started(
            shop.build(), shop.number(), project.workflow().root(), plan.selected().cardinality()));
    Consumer<String> warn = line -> report.accept(new Event.Note(Event.Level.WARNING, line));
    capacity.warnings(plan).forEach(warn);
    if (shop.number() == 1) {
      Advice.on(expanded, plan.selected()).forEach(line -> warn.accept(line.toString()));
      Advice.network(project).ifPresent(warn);
    }
    tellEmpty(expanded, plan.scene().selection(), report);
    if (!plan.isQuiet()) {
      Advice.emptyGlobs(expanded, looked(plan)).forEach(line -> warn.accept(line.toString()));
      shop.begin();
    }
    Consumer<Event> listener =
        event -> {
          if (event instanceof Event.Finished last) {
            shop.end(last);
          }
          report.accept(event);
        };
    Optional<Jobserver> tokens = jobserver(project.console().env(), given, warn);
    try (Runner runner = new LocalRunner(Environment.ofCaller(), LocalRunner.GRACE);
        ExecutorService threads = Executors.newCachedThreadPool();
        AutoCloseable _ = tokens.<AutoCloseable>map(t -> t).orElse(() -> {})) {
      Build build =
          new Build(
              new Setup(
                  plan,
                  expander,
                  shop.cache(),
                  shop.shop(plan.scene(), runner),
                  threads,
                  shop.number(),
                  capacity.limits(),
                  capacity.gpus(),
                  options.failFast(),
                  tokens.orElse(null),
                  listener));
      try (Signals _ = new Signals(build::signal)) {
        tokens.ifPresent(t -> t.start(build::tokenCame));
        return build.run();
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The calling make's jobserver, unless the user said how many cpus to use. */
  private static Optional<Jobserver> jobserver(
      Map<String, String> env, Map<String, String> given, Consumer<String> warn) {
    if (!given.containsKey("cpus")) {
      return Jobserver.from(env, warn);
    }
    if (env.getOrDefault("MAKEFLAGS", "").contains("--jobserver")) {
      warn.accept("-j or --limit cpus= is given: make's jobserver is left alone");
    }
    return Optional.empty();
  }
}
