package dev.torc.session;

import dev.torc.buildfile.BuildFile;
import dev.torc.cache.BuildLock;
import dev.torc.cache.CacheException;
import dev.torc.cache.CachePlace;
import dev.torc.exec.Containers;
import dev.torc.exec.SlurmLook;
import dev.torc.hash.Stamp;
import dev.torc.machine.Amount;
import dev.torc.machine.Jobserver;
import dev.torc.machine.Limits;
import dev.torc.machine.MachineFacts;
import dev.torc.machine.Refusal;
import dev.torc.posix.InputFile;
import dev.torc.posix.Memory;
import dev.torc.report.DoctorAnswer;
import dev.torc.report.DoctorAnswer.Check;
import dev.torc.report.DoctorAnswer.State;
import dev.torc.syntax.BadInput;
import dev.torc.workflow.Job;
import dev.torc.workflow.Step;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at what builds depend on beside the build file: the machine, its programs, the place of the
 * records. It writes nothing, so what only a write could tell stays untold; it works where there is
 * no project too.
 *
 * @param options which project is meant
 * @param terminal what is known of the caller's terminal, in a few words
 */
public record DoctorRequest(ProjectOptions options, String terminal) {

  /** Bytes below which a disk counts as full. */
  private static final long FULL = 64L << 20;

  private static final long SECOND = 1_000_000_000;

  /** Looks at all of it. */
  public DoctorAnswer answer(Caller caller) {
    return new DoctorAnswer(new Look(caller, options).all(terminal));
  }

  private static final class Look {
    private final Caller caller;
    private final ProjectOptions options;
    private final Map<String, String> env;
    private final List<Check> checks = new ArrayList<>();
    private Path root; // null where there is no project
    private Project project; // null too where its build file is refused

    Look(Caller caller, ProjectOptions options) {
      this.caller = caller;
      this.options = options;
      this.env = caller.env();
    }

    List<Check> all(String terminal) {
      java();
      project();
      cache();
      files();
      locale();
      add("terminal", State.OK, terminal, "");
      jobserver();
      machine();
      containers();
      slurm();
      return checks;
    }

    private void add(String name, State state, String said, String next) {
      checks.add(new Check(name, state, said, next));
    }

    private void java() {
      String here = Runtime.version() + ", in " + System.getProperty("java.home");
      List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
      boolean cached = false;
      for (String argument : given) {
        cached |= argument.startsWith("-XX:AOTCache=");
      }
      if (cached && System.getProperty("java.vm.info", "").contains("sharing")) {
        add("java", State.OK, here, "");
      } else {
        add(
            "java",
            State.ADVICE,
            here + ": starts without the AOT cache, slower",
            "call TORC_TRAINING=1 torc once, as someone who may write to its folder");
      }
    }

    private void project() {
      try {
        List<Path> files = options.layers(caller.cwd());
        root = BuildFile.root(files.getFirst());
        project = Project.load(caller, options);
        String jobs = Amount.count(project.graph().jobs(), "job");
        add("project", State.OK, root + ", " + jobs, "");
      } catch (BadInput refused) {
        BadInput.Diagnostic first = refused.diagnostics().getFirst();
        if (root == null && options.files().isEmpty()) {
          add("project", State.OK, "none here: " + first.message(), "");
        } else {
          add("project", State.PROBLEM, first.toString(), "torc check tells all that is wrong");
        }
      } catch (CacheException e) {
        add("project", State.OK, "" + root, ""); // the line on the cache says it
      } catch (IOException e) {
        add("project", State.PROBLEM, Refusal.line(e), "");
      }
    }

    private void cache() {
      if (root == null) {
        String elsewhere = env.getOrDefault("TORC_CACHE", "");
        add(
            "cache",
            State.OK,
            elsewhere.isEmpty() ? "none, it will lie in .torc of a project" : elsewhere,
            "");
        return;
      }
      try {
        CachePlace place = caller.place(root);
        cache(place);
        lock(place);
      } catch (CacheException e) {
        add("cache", State.PROBLEM, e.getMessage(), "");
      }
    }

    private void cache(CachePlace place) {
      Path below = unwritable(place.folder());
      Path closed = below == null ? unwritable(place.database()) : below;
      String kind = caller.host().here().networkKind(place.database()).orElse("");
      if (closed != null) {
        add(
            "cache",
            State.PROBLEM,
            closed + " is no folder that can be written",
            below == null ? "set TORC_CACHE to another one" : "change its permissions");
      } else if (!kind.isEmpty()) {
        add(
            "cache",
            State.ADVICE,
            place.database()
                + " lies on a network file system ("
                + kind
                + "), where it is not safe",
            "set TORC_CACHE to a folder on a local disk");
      } else {
        add("cache", State.OK, place.database() + ", " + size(place), "");
      }
    }

    /** The folder, or the nearest one above that is there, if it cannot be written; else null. */
    private static Path unwritable(Path folder) {
      Path at = folder;
      while (at.getParent() != null && !Files.exists(at)) {
        at = at.getParent();
      }
      return Files.isDirectory(at) && Files.isWritable(at) ? null : at;
    }

    private static String size(CachePlace place) {
      try {
        return Amount.size(Files.size(place.database().resolve("data.mdb")));
      } catch (IOException none) {
        return "made by the first build";
      }
    }

    private void lock(CachePlace place) {
      Optional<String> local =
          place.isShared()
              ? caller.host().here().localLocks(root).map(locks -> locks.told())
              : Optional.empty();
      if (local.isPresent() && !"1".equals(env.get("TORC_TRUST_LOCK"))) {
        add(
            "lock",
            State.PROBLEM,
            local.get() + ", so two hosts could build here at once",
            "give --trust-lock if no other host builds here");
        return;
      }
      BuildLock.Holder holder = BuildLock.holder(place).orElse(null);
      add("lock", State.OK, holder == null ? "free" : "a build is at work: " + who(holder), "");
    }

    private static String who(BuildLock.Holder holder) {
      String host = holder.host().isEmpty() ? "" : " of host " + holder.host();
      return holder.what() + ", process " + holder.pid() + host;
    }

    private void files() {
      Path folder = root == null ? caller.cwd() : root;
      try {
        var store = Files.getFileStore(folder);
        String about = store.type() + " below " + folder;
        if (store.getUsableSpace() < FULL) {
          add("files", State.ADVICE, about + " has less than 64 MiB free", "make room");
        } else if (!isFine(folder)) {
          add(
              "files",
              State.ADVICE,
              about + " seems to keep times in whole seconds",
              "files younger than two seconds are read again by the next build");
        } else {
          add("files", State.OK, about + leases(folder), "");
        }
      } catch (IOException e) {
        add("files", State.ADVICE, folder + ": " + Refusal.line(e), "");
      }
    }

    /** Whether times have parts of seconds; so too where nothing is there that would tell. */
    private boolean isFine(Path folder) throws IOException {
      boolean any = false;
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        int looks = 0;
        for (Path entry : entries) {
          Stamp stamp = caller.host().stamps().linkStamp(entry);
          if (stamp.ctime() % SECOND != 0) {
            return true;
          }
          any = true;
          if (++looks == 100) {
            break;
          }
        }
      }
      return !any;
    }

    /** Whether the kernel tells who writes to a file, asked of the build file. */
    private String leases(Path folder) {
      if (project == null) {
        return "";
      }
      Path file = project.workflow().files().getFirst();
      try (InputFile in = InputFile.open(file.toString(), Memory.of(1 << 16))) {
        return in.showsWriters() ? ", with leases" : ", without leases";
      } catch (IOException unreadable) {
        return "";
      }
    }

    private void locale() {
      String variable = "";
      for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
        if (variable.isEmpty() && !env.getOrDefault(name, "").isEmpty()) {
          variable = name;
        }
      }
      String value = variable.isEmpty() ? "none" : variable + "=" + env.get(variable);
      String jvm = System.getProperty("sun.jnu.encoding", "");
      if (!jvm.equals("UTF-8")) {
        add(
            "locale",
            State.ADVICE,
            "Java reads names as " + jvm + ", and opens no file beyond ASCII",
            "install the locale C.UTF-8");
      } else if (!value.toUpperCase(Locale.ROOT).matches(".*UTF-?8.*")) {
        add(
            "locale",
            State.ADVICE,
            value + ": jobs get it, and may not read names beyond ASCII",
            "set LC_ALL=C.UTF-8, in env of the build file for all");
      } else {
        add("locale", State.OK, value, "");
      }
    }

    private void jobserver() {
      List<String> troubles = new ArrayList<>();
      Optional<Jobserver> found = Jobserver.from(env, troubles::add);
      found.ifPresent(Jobserver::close);
      if (!troubles.isEmpty()) {
        add("jobserver", State.ADVICE, troubles.getFirst(), "");
      } else {
        add("jobserver", State.OK, found.isPresent() ? "make's is used" : "no make calls", "");
      }
    }

    private void machine() {
      Limits limits = caller.host().limits().get();
      String given =
          Amount.count(limits.cpus(), "cpu") + ", " + mebibytes(limits.memory()) + " of memory";
      Optional<MachineFacts> facts = MachineFacts.here();
      add(
          "machine",
          State.OK,
          given + facts.map(machine -> beside(machine, limits)).orElse(""),
          "");
      List<String> gpus = limits.gpus();
      List<String> cards = facts.map(MachineFacts::cards).orElse(List.of());
      if (gpus.isEmpty() && !cards.isEmpty()) {
        String seen = "none for jobs; there is " + String.join(", ", cards);
        add("gpus", State.ADVICE, seen, "install its driver if jobs are to have it");
      } else {
        add("gpus", State.OK, gpus.isEmpty() ? "none" : String.join(", ", gpus), "");
      }
    }

    /** What the machine has beside what builds may take. */
    private static String beside(MachineFacts machine, Limits limits) {
      boolean less = limits.cpus() < machine.cpus() || limits.memory() < machine.memory();
      String all =
          less ? " (of " + machine.cpus() + " and " + mebibytes(machine.memory()) + ")" : "";
      String free = ", " + mebibytes(machine.free()) + " free now";
      return all + free + "; " + machine.processor() + ", " + machine.system();
    }

    private static String mebibytes(long bytes) {
      return bytes / (1 << 20) + " MiB";
    }

    private void containers() {
      Path folder = root == null ? caller.cwd() : root;
      List<String> working = new ArrayList<>();
      List<String> troubles = new ArrayList<>();
      new Containers(null, folder, env)
          .troubles()
          .forEach(
              (name, said) ->
                  (said.isEmpty() ? working : troubles).add(said.isEmpty() ? name : said));
      if (!working.isEmpty()) {
        add("containers", State.OK, String.join(", ", working) + " found, not tried", "");
      } else if (needsImage()) {
        add(
            "containers",
            State.ADVICE,
            "jobs have an image, and none can run it: " + String.join("; ", troubles),
            "install podman, or give --no-containers");
      } else {
        add("containers", State.OK, "none works here; only jobs with an image need one", "");
      }
    }

    private boolean needsImage() {
      if (project != null && !ProjectOptions.HOST.equals(options.containers())) {
        for (Job job : project.workflow().jobs()) {
          for (Step step : job.steps()) {
            if (step.image() != null) {
              return true;
            }
          }
        }
      }
      return false;
    }

    private void slurm() {
      SlurmLook look = SlurmLook.of(env);
      boolean described = false;
      if (project != null) {
        described =
            project.workflow().executors().stream()
                .anyMatch(executor -> executor.settings().isSlurm());
      }
      if (look.version().isEmpty()) {
        add(
            "slurm",
            described ? State.ADVICE : State.OK,
            described
                ? "an executor goes by it, and it is not here: " + look.trouble()
                : "not here",
            described ? "go to a host of the cluster" : "");
      } else if (!look.trouble().isEmpty()) {
        add(
            "slurm",
            State.ADVICE,
            look.version() + " does not answer: " + look.trouble(),
            "see that SLURM_CONF leads to the settings of a controller that runs");
      } else {
        add("slurm", State.OK, look.version(), "");
      }
    }
  }
}
