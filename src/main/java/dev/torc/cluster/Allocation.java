package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import dev.torc.text.Amount;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Nodes that Slurm gives for as long as torc wants them: asks for them by {@code salloc}, waits,
 * finds out what they are, and gives them back. What runs on them is for {@link AllocationSteps}.
 *
 * <p>The shells around and in salloc read a pipe that torc holds: when torc is gone, however it
 * ended, the request or the allocation is ended, and Slurm ends what runs there.
 */
public final class Allocation implements AutoCloseable {

  /** Runs the words in a session of its own, so that Ctrl-C is torc's alone. */
  static final List<String> APART =
      List.of("sh", "-c", "command -v setsid >/dev/null && exec setsid \"$@\"; exec \"$@\"", "sh");

  private static final String HOLDER =
      """
      exec 3<&0 </dev/null
      "$@" &
      allocation=$!
      { cat <&3 >/dev/null; kill "$allocation"; } >/dev/null 2>&1 &
      exec 3<&-
      wait "$allocation"
      echo "over $?"
      """;

  /** A salloc that is ended while the controller is down gives nothing back, so this asks too. */
  private static final String INSIDE =
      """
      echo "granted $SLURM_JOB_ID"
      cat >/dev/null 2>&1 <&3 || exec sleep 2147483647 # where salloc closed it
      until said=$(scancel "$SLURM_JOB_ID" 2>&1); do
        case $said in *nvalid?job?id* | *already?completing*) exit ;; esac
        sleep 2
      done
      """;

  private static final Pattern PENDING = Pattern.compile("Pending job allocation (\\d+)");

  /** What salloc says on the way. */
  private static final Pattern PROGRESS =
      Pattern.compile(
          "Granted job allocation|queued and waiting|has been allocated resources"
              + "|Waiting for resource conf|(is|are) ready for job|Relinquishing job allocation");

  private static final String NAME = "salloc: ";
  private static final Pattern ERROR = Pattern.compile(": (error|fatal): ");

  private static final Duration LATE = Duration.ofSeconds(2); // its words after its end
  private static final String GRANTED = "granted ";
  private static final int NOT_FOUND = 127;
  private static final int PATIENCE = 30; // seconds, until what it gave back is not waited for

  /** Slurm gives none, or says nothing that can be understood. */
  public static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String said) {
      super(said);
    }
  }

  private final Map<String, String> env;
  private final Consumer<String> told;
  private final Process holder;
  private final BufferedReader out;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Thread listener;
  private String id;
  private List<AllocationNode> nodes;
  private volatile boolean over;
  private volatile boolean closing;

  private Allocation(List<String> words, Map<String, String> env, Consumer<String> told)
      throws IOException {
    this.env = env;
    this.told = told;
    List<String> argv = new ArrayList<>(APART);
    argv.addAll(List.of("sh", "-c", HOLDER, "sh"));
    argv.addAll(words);
    argv.addAll(List.of("sh", "-c", INSIDE));
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().clear();
    String options = env.containsKey("SLURM_JOB_ID") ? "(SLURM|SCANCEL)_.*" : "SCANCEL_.*";
    builder.environment().putAll(Slurm.without(env, options));
    holder = builder.start();
    out = holder.inputReader();
    listener = Thread.ofVirtual().start(this::listen);
  }

  /**
   * Asks for nodes and waits until they are there.
   *
   * @param most of any job that is to run there, with the time for all
   * @param tasks how many of such jobs it is to hold; 0 where the settings say so
   * @param told takes the lines that tell of the waiting
   * @throws Refused with Slurm's own words
   */
  public static Allocation ask(
      SchedulerSettings settings,
      SchedulerResources most,
      int tasks,
      Map<String, String> env,
      Consumer<String> told)
      throws IOException {
    Allocation allocation = new Allocation(words(settings, most, tasks), env, told);
    try {
      allocation.await();
      allocation.describe();
      return allocation;
    } catch (InterruptedException e) {
      allocation.close();
      Thread.currentThread().interrupt();
      throw new Refused("interrupted");
    } catch (IOException | RuntimeException e) {
      allocation.close();
      throw e;
    }
  }

  /** The user's options overrule what torc asks for, and nothing that it relies on. */
  static List<String> words(SchedulerSettings settings, SchedulerResources most, int tasks) {
    List<String> words = new ArrayList<>(List.of("salloc", "--job-name=torc"));
    boolean memory = settings.args().stream().noneMatch(arg -> arg.startsWith("--mem"));
    SchedulerResources each =
        new SchedulerResources(
            most.cpus(),
            memory ? Math.ceilDiv(most.memory(), most.cpus()) : 0, // salloc takes but one of them
            most.gpus(),
            1,
            most.disk(),
            most.runtime());
    words.addAll(Slurm.asked(settings, each, "--mem-per-cpu="));
    if (tasks > 0) {
      words.add("--ntasks=" + tasks);
    }
    words.addAll(settings.args());
    words.add("--kill-command=TERM");
    return words;
  }

  /** Hears what salloc says; tells once that it has to wait. */
  private void listen() {
    try (BufferedReader lines = holder.errorReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher pending = PENDING.matcher(line);
        if (pending.find()) {
          told.accept("waiting for an allocation, job " + pending.group(1) + " of Slurm");
        } else if (!PROGRESS.matcher(line).find()) {
          said.add(line);
        }
      }
    } catch (IOException e) {
      return; // it is over
    }
  }

  /** What it said of the end: its errors, if it told any. */
  private String said() throws InterruptedException {
    listener.join(LATE);
    List<String> errors = said.stream().filter(line -> ERROR.matcher(line).find()).toList();
    List<String> own = said.stream().filter(line -> line.startsWith(NAME)).toList();
    return SchedulerWords.line(
        errors.isEmpty()
            ? String.join("\n", own).replaceAll("(?m)^" + NAME, "")
            : String.join("\n", errors));
  }

  private void await() throws IOException, InterruptedException {
    String line = out.readLine();
    if (line != null && line.startsWith(GRANTED)) {
      id = line.substring(GRANTED.length());
      return;
    }
    if (("over " + NOT_FOUND).equals(line)) {
      throw new Refused("salloc is not installed, or not in PATH");
    }
    throw new Refused("slurm gives no allocation: " + said());
  }

  private void describe() throws IOException {
    SchedulerProgram asking = asking(null);
    ProgramOutput job =
        Slurm.ask(asking, List.of("scontrol", "show", "job", "--details", "--oneliner", id));
    List<AllocationNode> all = new ArrayList<>();
    for (AllocationNode alike : AllocationNode.told(job.text())) {
      ProgramOutput names =
          Slurm.ask(asking, List.of("scontrol", "show", "hostnames", alike.name()));
      names.text().lines().map(alike::named).forEach(all::add);
    }
    if (all.isEmpty()) {
      throw new Refused("nobody tells the nodes of job " + id + ": " + SchedulerWords.failure(job));
    }
    nodes = List.copyOf(all);
  }

  /** Slurm's commands, without what the caller's variables say of other jobs. */
  SchedulerProgram asking(Path folder) {
    return new SchedulerProgram(plain(), folder, ProgramOutput.PATIENCE);
  }

  /** The environment without variables that are options of Slurm's commands. */
  Map<String, String> plain() {
    return Slurm.without(env, "(SLURM|SRUN|SQUEUE|SCANCEL|SCONTROL)_.*");
  }

  /** Slurm's number of it. */
  public String id() {
    return id;
  }

  List<AllocationNode> nodes() {
    return nodes;
  }

  /** What there is, for people: {@code 4 cpus on n1, n2}. */
  public String text() {
    int cpus = nodes.stream().mapToInt(AllocationNode::cpus).sum();
    String names = nodes.getFirst().name();
    if (nodes.size() > 1) {
      names = nodes.size() + " nodes, " + names + " the first";
    }
    return Amount.count(cpus, "cpu") + " on " + names;
  }

  /** Whether Slurm took it back. */
  boolean isOver() {
    return over;
  }

  /**
   * Runs scripts in it.
   *
   * @param outside is asked for what others run
   * @param folder where scripts begin
   */
  public Scheduler steps(Scheduler outside, Path folder) {
    return new AllocationSteps(this, outside, folder);
  }

  /**
   * Calls back when Slurm takes it back before it is closed, with Slurm's words; to be called once.
   */
  public void whenOver(Consumer<String> call) {
    Thread.ofVirtual()
        .start(
            () -> {
              String words = "";
              try {
                out.readLine();
                over = true;
                words = said();
              } catch (IOException | InterruptedException e) {
                over = true; // without a word
              }
              if (!closing) {
                call.accept(words);
              }
            });
  }

  /**
   * Gives it back. While Slurm does not answer that is not awaited for long, and asked for on when
   * torc has ended.
   */
  @Override
  public void close() throws IOException {
    close(PATIENCE);
  }

  void close(int seconds) throws IOException {
    closing = true;
    holder.getOutputStream().close();
    try {
      if (!holder.waitFor(seconds, TimeUnit.SECONDS) && id != null) {
        told.accept(
            "allocation %s is not given back yet, slurm does not answer; a process of torc's asks on"
                .formatted(id));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
