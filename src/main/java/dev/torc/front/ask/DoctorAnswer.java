package dev.torc.front.ask;

import dev.torc.base.machine.Gpus;
import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.machine.InstalledTorc.Installation;
import dev.torc.base.machine.Jobserver;
import dev.torc.base.machine.Limits;
import dev.torc.base.machine.MachineFacts;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.InputFile;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.JobTrace;
import dev.torc.base.posix.Memory;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.Amount;
import dev.torc.base.text.LineBreaks;
import dev.torc.base.text.Palette;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.MovesAside;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.features.clusters.Scheduler.SlurmLook;
import dev.torc.features.containers.Containers;
import dev.torc.features.environments.MadeEnvironment;
import dev.torc.features.environments.UnnamedEnvironments;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.buildfile.UserConfig;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.Exit;
import dev.torc.front.session.ReadSession;
import dev.torc.front.session.ServerFolder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * {@code torc doctor}: checks what builds depend on besides the build file: the machine, its
 * programs, and the folder of the records. Problems are listed first, each with a remedy. The
 * command writes nothing, so it misses what only a write would show, and it does not look for a
 * newer torc on the network. It also works outside a project.
 */
final class DoctorAnswer implements Answer {

  /** A disk with less free space than this, in bytes, counts as full. */
  private static final long FULL = 64L << 20;

  private static final long SECOND = 1_000_000_000;

  /** The most columns of a line on a terminal, as far as its words allow. */
  private static final int WIDE = 100;

  /** The first words of a finding about something that is missing but that no job needs. */
  private static final String LACKS = "not available";

  /** How many entries of a folder are read to find out how precise its file times are. */
  private static final int ENOUGH = 100;

  private final Call call;
  private final Caller caller;
  private final ProjectOptions options;
  private final Map<String, String> env;
  private final List<Check> checks = new ArrayList<>(); // in the order of checking
  private Path root; // null outside a project
  private Project project; // null outside a project, or if its build file is refused
  private boolean isUnnamed; // whether it is unclear which build file to read
  private CachePlace place; // null outside a project, or if the place is refused

  /** In this order: builds work; builds work, but something could be better; builds do not work. */
  private enum State {
    OK,
    ADVICE,
    PROBLEM
  }

  /**
   * One finding. {@code name} is its subject; {@code next} says what to do, and is empty if there
   * is nothing to do.
   */
  private record Check(String name, State state, String text, String next) {}

  private record Finding(State state, String text, String next) {}

  DoctorAnswer(Call call) throws IOException {
    this.call = call;
    this.caller = call.caller();
    this.options = call.options();
    this.env = caller.env();
    installation();
    add("java", java());
    configuration();
    add("project", project());
    add("cache", cache());
    if (place != null) {
      add("lock", lock());
      add("memo", memo());
    }
    if (place != null && project != null && !project.graph().having(Extra.SURROUNDS).isEmpty()) {
      environments();
    }
    add("files", files());
    add("locale", locale());
    add("shell", shell());
    add("terminal", terminal());
    add("jobserver", jobserver());
    machine();
    add("containers", containers());
    add("trace", trace());
    add("slurm", slurm());
    add("server", server());
  }

  private void add(String name, Finding found) {
    checks.add(new Check(name, found.state, found.text, found.next));
  }

  @Override
  public Object json() {
    return Map.of("checks", checks);
  }

  @Override
  public int exit() {
    if (isUnnamed) {
      return Exit.USAGE;
    }
    boolean prevents = checks.stream().anyMatch(check -> check.state == State.PROBLEM);
    return prevents ? Exit.TROUBLE : Exit.DONE;
  }

  @Override
  public String text(Palette palette) {
    return lines(State.PROBLEM, palette.red("problem: "))
        + lines(State.ADVICE, palette.yellow("advice: "))
        + lines(State.OK, "");
  }

  private String lines(State state, String word) {
    int columns = Math.min(WIDE, call.console().columns());
    StringBuilder lines = new StringBuilder();
    for (Check check : checks) {
      if (check.state == state) {
        String next = check.next.isEmpty() ? "" : "; " + SafeText.line(check.next);
        String gap = check.text.startsWith(LACKS) ? " – " : ": " + word;
        String line = check.name + gap + SafeText.line(check.text) + next + "\n";
        lines.append(LineBreaks.at(line, columns));
      }
    }
    return lines.toString();
  }

  private static Finding ok(String text) {
    return new Finding(State.OK, text, "");
  }

  private static Finding advice(String text, String next) {
    return new Finding(State.ADVICE, text, next);
  }

  private static Finding problem(String text, String next) {
    return new Finding(State.PROBLEM, text, next);
  }

  private static Finding lacks(String why) {
    return ok(LACKS + " (" + why + ")");
  }

  private void installation() throws IOException {
    Installation here = Installation.here();
    add("torc", ok(InstalledTorc.version() + ", " + here.way() + " in " + here.home()));
    add("update", ok(here.update()));
  }

  /** Checks the user's configuration, which other commands read only when they need it. */
  private void configuration() throws IOException {
    try {
      UserConfig read = ProjectOptions.configuration(caller);
      if (read != null) {
        String trusts = Amount.count(read.trust().size(), "folder");
        add("configuration", ok(UserConfig.file(env) + ", trusts " + trusts));
      }
    } catch (BadInput wrong) {
      add("configuration", advice("" + wrong.diagnostics().getFirst(), "it trusts no folder"));
    }
  }

  private static Finding java() {
    String here = Runtime.version() + " (" + System.getProperty("java.home") + ")";
    boolean given =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
    boolean cached = given && System.getProperty("java.vm.info", "").contains("sharing");
    String next = "run TORC_TRAINING=1 torc once, as a user who may write to its folder";
    return cached ? ok(here) : advice(here + " starts without the AOT cache, so more slowly", next);
  }

  private Finding project() {
    try {
      root = ProjectFolder.root(caller, options);
      project = Project.load(caller, options);
      return ok(root + ", " + Amount.count(project.graph().jobs(), "job"));
    } catch (BadInput refused) {
      BadInput.Diagnostic first = refused.diagnostics().getFirst();
      if (root == null && options.files().isEmpty() && BuildFile.nearest(caller.cwd()).isEmpty()) {
        return ok("none (" + first.message() + ")");
      }
      isUnnamed = root == null;
      return problem(first.toString(), isUnnamed ? "" : "torc check lists all errors");
    } catch (CacheException e) {
      return ok("" + root); // the line about the cache reports this
    } catch (IOException e) {
      return problem(Refusal.line(e), "");
    }
  }

  private Finding cache() {
    if (root == null) {
      String elsewhere = env.getOrDefault("TORC_CACHE", "");
      return ok(elsewhere.isEmpty() ? "none (a build makes it in .torc)" : elsewhere);
    }
    try {
      place = caller.place(root);
    } catch (CacheException e) {
      return problem(e.getMessage(), "");
    }
    Path below = unwritable(place.folder());
    Path closed = below == null ? unwritable(place.database()) : below;
    if (closed != null) {
      if (isReadOnly(closed)) {
        String why = closed + " is on a read-only file system";
        return problem(why, "mount it for writing, or copy the project to another one");
      }
      String next = below == null ? "set TORC_CACHE to another one" : "change its permissions";
      return problem(closed + " is not a writable folder", next);
    }
    String kind = caller.host().here().networkKind(place.database()).orElse("");
    String text = "%s is on a network file system (%s), where it is not safe";
    return kind.isEmpty()
        ? ok(place.database() + ", " + size(place))
        : advice(
            text.formatted(place.database(), kind), "set TORC_CACHE to a folder on a local disk");
  }

  /**
   * Returns the folder, or its nearest existing ancestor, if that is not a writable folder;
   * otherwise null.
   */
  private static Path unwritable(Path folder) {
    Path at = folder;
    while (at.getParent() != null && !Files.exists(at)) {
      at = at.getParent();
    }
    return Files.isDirectory(at) && Files.isWritable(at) ? null : at;
  }

  private static boolean isReadOnly(Path folder) {
    try {
      folder.getFileSystem().provider().checkAccess(folder, AccessMode.WRITE);
      return false;
    } catch (IOException e) {
      return Refusal.line(e).contains("read-only");
    }
  }

  private static String size(CachePlace place) {
    return Io.or(
        () -> Amount.size(Files.size(place.database().resolve("data.mdb"))),
        "made by the first build");
  }

  private Finding lock() {
    var local = caller.host().here().localLocks(root).filter(_ -> place.isNetworkRoot());
    if (local.isPresent() && !"1".equals(env.get("TORC_TRUST_LOCK"))) {
      String text = local.get().finding() + ", so two hosts could build here at once";
      return problem(text, "pass --trust-lock if no other host builds here");
    }
    return ok(BuildLock.holder(place).map(DoctorAnswer::atWork).orElse("free"));
  }

  private static String atWork(BuildLock.Holder it) {
    String host = it.host().isEmpty() ? "" : " of host " + it.host();
    return "held by a running build: " + it.what() + ", process " + it.pid() + host;
  }

  /** Lists the folders of environments that no job names; a shared one may be another root's. */
  private void environments() throws IOException {
    List<String> own = new ArrayList<>();
    List<String> shared = new ArrayList<>();
    try (ReadSession session = ReadSession.at(project, _ -> {})) {
      for (MadeEnvironment each : UnnamedEnvironments.of(session.context())) {
        (each.shared() ? shared : own).add(MovesAside.shown(place, each.folder()));
      }
    } catch (BadInput | CacheException e) {
      return; // the lines about the project and the cache report it
    }
    String text = "no job of this root names ";
    if (!own.isEmpty()) {
      String next = "torc clean --environments removes them";
      add("environments", advice(text + String.join(", ", own), next));
    }
    if (!shared.isEmpty()) {
      String next = "torc clean --environments --unused 30d removes old ones";
      add("environments", new Finding(State.OK, text + String.join(", ", shared), next));
    }
  }

  private Finding files() {
    Path folder = root == null ? caller.cwd() : root;
    try {
      if (folder.toFile().getUsableSpace() < FULL) {
        return advice("less than 64 MiB free in " + folder, "free some space");
      }
      String next = "builds read files again if they are less than two seconds old";
      return isFine(folder)
          ? ok(type(folder) + leases())
          : advice(type(folder) + " seems to store times in whole seconds", next);
    } catch (IOException e) {
      return advice(folder + ": " + Refusal.line(e), "");
    }
  }

  /**
   * Returns the type of a folder's file system, which is unknown in a chroot without a mount table.
   */
  private static String type(Path folder) {
    return Io.or(() -> Files.getFileStore(folder).type(), "unknown file system");
  }

  /**
   * Returns whether file times are more precise than a second; also true for an empty folder, which
   * cannot show it.
   */
  private boolean isFine(Path folder) throws IOException {
    List<Path> some;
    try (Stream<Path> entries = Files.list(folder)) {
      some = entries.limit(ENOUGH).toList();
    }
    boolean fine = some.isEmpty();
    for (Path entry : some) {
      fine |= caller.host().stamps().linkStamp(entry).ctime() % SECOND != 0;
    }
    return fine;
  }

  /**
   * Returns words that say whether the kernel can detect that a process has the build file open for
   * writing; empty without a project.
   */
  private String leases() throws IOException {
    if (project == null) {
      return "";
    }
    Path file = project.workflow().settings().files().getFirst();
    try (InputFile in = InputFile.open(file.toString(), true, Memory.of(1 << 16))) {
      return in.showsWriters() ? ", with leases" : ", without leases";
    }
  }

  private Finding server() {
    ServerFolder folder = ServerFolder.of(env);
    try {
      if (!Files.exists(folder.path(), LinkOption.NOFOLLOW_LINKS)) {
        return ok("none");
      }
      if (!folder.isSafe()) {
        return advice(folder.path() + " is not a folder that only this user can open", "remove it");
      }
      OptionalLong server = folder.server();
      return ok(server.isEmpty() ? "none" : "running: process " + server.getAsLong());
    } catch (IOException e) {
      return advice(Refusal.line(e), "");
    }
  }

  private Finding memo() throws IOException {
    if ("0".equals(env.get("TORC_MEMO"))) {
      return ok("off (TORC_MEMO=0)");
    }
    Path folder = place.root().resolve(".torc/rest.d");
    List<Path> all = Files.isDirectory(folder) ? FileTree.entries(folder) : List.of();
    int memos = (int) all.stream().filter(each -> !each.toString().contains("/.new-")).count();
    return ok(
        memos == 0 ? "none" : Amount.count(memos, "call") + " answered while nothing changes");
  }

  private Finding locale() {
    String value = "none";
    for (String name : List.of("LANG", "LC_CTYPE", "LC_ALL")) {
      value = env.getOrDefault(name, "").isEmpty() ? value : name + "=" + env.get(name);
    }
    String jvm = System.getProperty("sun.jnu.encoding", "");
    if (!jvm.equals("UTF-8")) {
      String text = "Java reads names as " + jvm + ", so it cannot open non-ASCII names";
      return advice(text, "install the locale C.UTF-8");
    }
    String text = value + ": jobs may fail to read non-ASCII names";
    return value.toUpperCase(Locale.ROOT).matches(".*UTF-?8.*")
        ? ok(value)
        : advice(text, "set LC_ALL=C.UTF-8, here or in env");
  }

  private Finding shell() {
    ToolSearch search = new ToolSearch(caller.cwd(), env, caller.host().stamps());
    String bash = search.path(new Job.Tool(null, "bash", List.of(), null, "."));
    String file = env.getOrDefault("BASH_ENV", "");
    if (bash == null) {
      return advice("bash is not installed", "write shell: [sh, -e, -c]");
    }
    String text =
        "BASH_ENV is set: bash reads %s before each command, and plain words start it too";
    return file.isEmpty() ? ok(bash) : ok(bash + "; " + text.formatted(file));
  }

  private Finding terminal() {
    if (!call.console().terminals().err()) {
      return ok("none (builds print plain lines)");
    }
    int columns = call.console().terminals().columns().getAsInt();
    String kind = env.getOrDefault("TERM", "");
    String wide = columns > 0 ? ", " + Amount.count(columns, "column") : "";
    return ok((kind.isEmpty() ? "unknown kind" : kind) + wide);
  }

  private Finding jobserver() {
    List<String> troubles = new ArrayList<>();
    Optional<Jobserver> found = Jobserver.from(env, troubles::add);
    found.ifPresent(Jobserver::close);
    return troubles.isEmpty()
        ? ok(found.isPresent() ? "provided by make" : "none (not called by make)")
        : advice(troubles.getFirst(), "");
  }

  private void machine() {
    Limits limits = caller.host().limits().get();
    Optional<MachineFacts> facts = MachineFacts.here();
    String given = Amount.count(limits.cpus(), "cpu") + ", " + mebibytes(limits.memory());
    add("machine", ok(given + " of memory" + facts.map(all -> beside(all, limits)).orElse("")));
    String system = facts.map(MachineFacts::words).orElse("");
    if (!system.isEmpty()) {
      add("system", ok(system.substring(2)));
    }
    String next = "mount /proc and /sys";
    facts.map(MachineFacts::unknown).orElse(List.of()).stream()
        .map(fact -> advice("the " + fact + " cannot be read", next))
        .forEach(finding -> add("machine", finding));
    add("gpus", gpus(limits.gpus(), facts.map(all -> String.join(", ", all.cards())).orElse("")));
  }

  private Finding gpus(Gpus gpus, String cards) {
    if (gpus.count() > 0) {
      return ok(GpuNames.of(gpus, env));
    }
    return !gpus.isUnknown()
        ? ok("none (" + gpus.words() + ")")
        : cards.isEmpty()
            ? ok("none")
            : advice(
                "none usable by jobs, but this machine has " + cards,
                "install its driver if needed");
  }

  /**
   * Returns words about the machine: its cpus and memory if builds may use less, then its free
   * memory.
   */
  private static String beside(MachineFacts machine, Limits limits) {
    boolean known = machine.cpus() > 0 && machine.memory() > 0;
    boolean less = known && (limits.cpus() < machine.cpus() || limits.memory() < machine.memory());
    String whole = " (of " + machine.cpus() + " and " + mebibytes(machine.memory()) + ")";
    String all = less ? whole : "";
    String free = machine.free() > 0 ? ", " + mebibytes(machine.free()) + " free now" : "";
    return all + free;
  }

  private static String mebibytes(long bytes) {
    return bytes / (1 << 20) + " MiB";
  }

  private Finding containers() {
    List<String> working = new ArrayList<>();
    List<String> troubles = new ArrayList<>();
    new Containers(null, root == null ? caller.cwd() : root, env)
        .troubles()
        .forEach((name, t) -> (t.isEmpty() ? working : troubles).add(t.isEmpty() ? name : t));
    if (!working.isEmpty()) {
      return ok(String.join(", ", working) + " (found, not tried)");
    }
    boolean needed =
        !ProjectOptions.HOST.equals(options.containers()) && anyJob(Job::runsInContainers);
    String text = "jobs have an image, but no runtime works: " + String.join("; ", troubles);
    return needed
        ? advice(text, "install podman, or pass --no-containers")
        : lacks("only needed for jobs with an image");
  }

  private boolean anyJob(Predicate<Job> like) {
    return project != null && project.workflow().jobs().stream().anyMatch(like);
  }

  private Finding trace() {
    String why = JobTrace.refusal();
    if (why == null) {
      return ok("works");
    }
    return anyJob(job -> job.has(Trait.TRACE) || job.has(Trait.STRICT))
        ? advice("jobs need it, but it does not work: " + why, "set TORC_TRACE=0")
        : lacks(why);
  }

  private Finding slurm() {
    SlurmLook look = SlurmLook.of(env);
    boolean described =
        project != null
            && project.workflow().settings().executors().stream()
                .anyMatch(e -> e.settings().isSlurm());
    if (look.version().isEmpty()) {
      String text = "an executor needs it, and it is not installed: " + look.trouble();
      return described
          ? advice(text, "run torc on a host of the cluster")
          : lacks("only needed for an executor of kind slurm");
    }
    return look.trouble().isEmpty()
        ? ok(look.version())
        : advice(look.version() + " not reached: " + look.trouble(), SlurmLook.REMEDY);
  }
}
