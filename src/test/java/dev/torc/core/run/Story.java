package dev.torc.core.run;

import dev.torc.StepFiles;
import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.WatchedStamps;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.SharingHost;
import dev.torc.core.run.StubRunner.Deadly;
import dev.torc.core.run.StubRunner.Held;
import dev.torc.core.run.StubRunner.Stub;
import dev.torc.features.pace.Pace;
import dev.torc.front.ask.Answers;
import dev.torc.front.ask.Call;
import dev.torc.front.show.ReasonText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A story of builds, told by steps in a text file. The file {@code jobs} of a story is what stands
 * below {@code jobs:} in its build file. Several steps stand on a line with {@code ; } between
 * them; a word that is none of those in {@link #does} begins a command for the shell, which runs in
 * the root (and in a job with the job's environment).
 *
 * <p>{@code JOB… does: STEPS} says what jobs do from now on, in place of writing each product from
 * the command and the needs, which is the step {@code work}. A step may end the job ({@code exit
 * 1}, {@code ends TIMEOUT}, {@code kill torc}), or hold for one attempt ({@code attempt 1: exit
 * 1}). What the steps print stands behind {@code JOB>} below the build.
 *
 * <p>{@code build} tells what became of each job, then the lines for people behind {@code !}, then
 * the exit status where it is not 0: {@code a b: ran: need changed x} or {@code c: ran: never ran →
 * failed: exit 1}.
 *
 * <p>{@code other STEP} does a step in a second root beside the first one, {@code both STEP} in
 * both; once there are two, both have the build files and jobs that are given.
 */
class Story extends Harness implements StepFiles.Stage {

  private static final Pattern DOES = Pattern.compile("(.+?) does: (.*)");
  private static final Pattern ATTEMPT = Pattern.compile("attempt (\\d): (.*)");

  private static final Pattern ECHO = Pattern.compile("echo( \\$?\\w+)+");

  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Held> held = new HashMap<>();
  private final Set<String> refused = new ConcurrentSkipListSet<>();
  private volatile BlockingQueue<Runnable> removals; // null if they are not held back
  private Runnable removal;
  private Building building;
  private Story twin;
  private boolean restoring;
  private StoryWeb web; // null until its URL is used

  Story(Path root) {
    super(root);
  }

  /** Fails the look at a path that the story refuses at present. */
  private void refuse(Path path) throws IOException {
    if (path.startsWith(root) && refused.contains(root.relativize(path).toString())) {
      throw new IOException("cannot look at " + path + ": input/output error");
    }
  }

  /** Threads on which attempts run; the story may hold back the removal of spent products. */
  @Override
  ExecutorService openThreads() {
    return new ThreadPoolExecutor(0, 1000, 1, TimeUnit.MINUTES, new SynchronousQueue<>()) {
      @Override
      public void execute(Runnable work) {
        BlockingQueue<Runnable> later = removals;
        if (later == null || !work.getClass().getName().contains("SpentProducts")) {
          super.execute(work);
        } else {
          later.add(work);
        }
      }
    };
  }

  /** The second root, made at the first call. */
  private Story other() throws IOException {
    if (twin == null) {
      twin = new Story(Files.createDirectory(root.resolveSibling("other")));
      twin.restoring = restoring;
    }
    return twin;
  }

  @Override
  public void put(String file, String text) {
    if (twin != null) {
      twin.put(file, text);
    }
    if (file.equals("jobs")) {
      given(real(text));
    } else {
      edit(file, real(text));
    }
  }

  /** The web server, started at the first call. */
  private StoryWeb web() {
    try {
      web = web == null ? new StoryWeb(this::edit) : web;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return web;
  }

  @Override
  public void close() throws IOException {
    if (web != null) {
      web.close();
    }
  }

  /** Puts in the real paths of the root and of its parent folder, and the server's URL. */
  private String real(String text) {
    String served = text.contains("WEB/") ? text.replace("WEB/", web().url() + "/") : text;
    return served.replace("ROOT", root.toString()).replace("TOP", root.getParent().toString());
  }

  private String plain(String text) {
    return (web == null ? text : text.replace(web.url(), "WEB"))
        .replace(root.toString(), "ROOT")
        .replace(root.getParent().toString(), "TOP")
        .replace("(pid " + ProcessHandle.current().pid() + ")", "(pid PID)");
  }

  @Override
  public List<String> say(String line) throws Exception {
    List<String> said = new ArrayList<>();
    String[] steps = line.split("; ");
    for (int i = 0; i < steps.length; i++) {
      String rest = String.join("; ", Arrays.copyOfRange(steps, i, steps.length));
      Matcher does = DOES.matcher(rest);
      if (steps[i].contains(" does: ") && does.matches()) {
        act(List.of(does.group(1).split(" ")), List.of(does.group(2).split("; ")));
        break;
      }
      said.addAll(does(steps[i], null));
    }
    said.replaceAll(this::plain);
    return said;
  }

  private void act(List<String> jobs, List<String> steps) {
    jobs.forEach(job -> job(job, new Acts(steps)));
    if (twin != null) {
      twin.act(jobs, steps);
    }
  }

  /** Does a step, of a job unless {@code stub} is null; returns what it prints. */
  private List<String> does(String step, Stub stub) throws Exception {
    String[] words = step.split(" ");
    List<String> rest = List.of(words).subList(1, words.length);
    switch (words[0]) {
      case "given" -> given(real(after(step, 1)));
      case "edit" -> edit(words[1], real(after(step, 2).translateEscapes()));
      case "rm" -> rest.forEach(this::delete);
      case "tick" -> tick(rest.isEmpty() ? 0 : Long.parseLong(rest.getFirst()));
      case "env" -> setEnv(words[1], after(step, 2));
      case "cpus" -> limits.put("cpus", Long.valueOf(words[1]));
      case "gpus" -> gpus = rest;
      case "restoring" -> restoring = true;
      case "host" -> host(words[1], after(step, 2));
      case "gone" -> gone = Set.copyOf(rest);
      case "aged" -> stamps = new AgedStamps();
      case "refuse" -> {
        stamps = refused.isEmpty() ? new WatchedStamps(stamps, this::refuse) : stamps;
        refused.clear();
        refused.addAll(rest);
      }
      case "load" -> pace = new Pace(Double.parseDouble(words[1]), pace.end());
      case "left" -> {
        long left = rest.isEmpty() ? 0 : Quantity.duration(words[1]) / 1_000_000;
        pace = new Pace(pace.load(), rest.isEmpty() ? 0 : System.currentTimeMillis() + left);
      }
      case "fails" -> rest.forEach(this::failing);
      case "usual" -> rest.forEach(this::usual);
      case "hold" -> rest.forEach(job -> held.put(job, hold(job)));
      case "await" -> rest.forEach(job -> held.get(job).started());
      case "over" -> over(words[1]);
      case "hold-removals" -> removals = new LinkedBlockingQueue<>();
      case "await-removal" -> {
        removal = removals.poll(60, TimeUnit.SECONDS);
        removals = null;
      }
      case "remove" -> removal.run();
      case "go" -> rest.forEach(job -> held.get(job).go());
      case "signal" -> running.signal(Integer.parseInt(words[1]));
      case "start" -> building = start(asked(rest));
      case "serve" -> web().serve(words[1], after(step, 2));
      case "settled" -> settled();
      default -> {
        return prints(step, words, rest, stub);
      }
    }
    return List.of();
  }

  private List<String> prints(String step, String[] words, List<String> rest, Stub stub)
      throws Exception {
    return switch (words[0]) {
      case "build" -> built(() -> build(asked(rest)));
      case "end" -> built(building::await);
      case "look" -> looked(asked(rest));
      case "other" -> other().said(after(step, 1));
      case "both" -> {
        List<String> said = new ArrayList<>(does(after(step, 1), null));
        said.addAll(other().said(after(step, 1)));
        yield said;
      }
      case "torc" -> answered(rest);
      case "rested" -> rested();
      case "requests" -> web().requests(rest);
      case "posted" -> RecordsTold.posted(place());
      case "state" ->
          rest.stream()
              .map(job -> job + ": " + (state(job) == null ? "not over" : state(job)))
              .toList();
      case "commands" -> rest.stream().flatMap(new Fates(events)::commands).toList();
      case "counts" -> List.of(new Fates(events).counts());
      case "cat" -> step.contains(">") ? shell(step, stub) : cat(rest);
      case "echo" ->
          stub != null && ECHO.matcher(step).matches() ? echo(rest, stub) : shell(step, stub);
      case "exists" -> {
        List<String> there = rest.stream().filter(this::exists).toList();
        yield List.of(there.isEmpty() ? "none" : String.join(" ", there));
      }
      case "kept" -> keptTexts();
      case "marks" -> RecordsTold.marks(place());
      case "why" -> List.of(ReasonText.all(reasons(words[1])));
      case "order" -> List.of(started().isEmpty() ? "nothing" : String.join(" ", started()));
      case "owned" -> RecordsTold.owned(place());
      case "stored" -> RecordsTold.stored(place(), words[1]);
      case "launch" -> stub.launch().steps().stream().map(Story::launch).toList();
      case "command" -> stub.command().lines().toList();
      default -> shell(step, stub);
    };
  }

  private List<String> said(String step) throws Exception {
    return does(step, null).stream().map(this::plain).toList();
  }

  /** What a command such as {@code torc check} or {@code torc why JOB} prints. */
  private List<String> answered(List<String> words) throws IOException {
    restores = restoring;
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Call.Given[] given =
        words.stream()
            .skip(1)
            .map(
                word ->
                    word.startsWith("--")
                        ? new Call.Given(word, "")
                        : new Call.Given("JOB|FILE", word))
            .toArray(Call.Given[]::new);
    Answers.print(call(out, err, words.getFirst(), given));
    String text = out.toString().replace(" on " + here.name(), " on HOST");
    text = text.replaceAll("\\d{4}-\\d\\d-\\d\\d [\\d:]{8}", "MOMENT");
    return (err.toString().replaceAll("(?m)^warning: ", "") + text).lines().toList();
  }

  /** Builds on this host from now on; another boot means that it was started again. */
  private void host(String name, String boot) {
    SharingHost host = SharingHost.named(name, root.getParent());
    here = boot.isEmpty() ? host : new SharingHost(name, boot, host.databases());
  }

  /** Builds, asserts that nothing runs, and tells whether all files were fresh. */
  private List<String> rested() {
    build();
    ran();
    return List.of(stats() == 0 ? "fresh" : "not fresh");
  }

  /** Prints at once, without a shell: a hook may be about to be ended. */
  private static List<String> echo(List<String> words, Stub stub) {
    return List.of(
        words.stream()
            .map(word -> word.startsWith("$") ? stub.env(word.substring(1)) : word)
            .collect(Collectors.joining(" ")));
  }

  private List<String> cat(List<String> paths) {
    return paths.stream().flatMap(path -> read(path).lines()).map(StepFiles::shown).toList();
  }

  private List<String> keptTexts() throws IOException {
    List<String> kept = new ArrayList<>();
    if (exists(".torc/kept")) {
      try (Stream<Path> files = Files.walk(root.resolve(".torc/kept"))) {
        for (Path file : files.filter(each -> !Files.isDirectory(each)).toList()) {
          Path path = root.resolve(".torc/kept").relativize(file);
          String text = Files.isRegularFile(file) ? read(file) : "no file";
          kept.add(path.subpath(1, path.getNameCount()) + ": " + text.replace("\n", "\\n"));
        }
      }
    }
    Collections.sort(kept);
    return kept.isEmpty() ? List.of("nothing") : kept;
  }

  private static String after(String step, int words) {
    String[] parts = step.split(" ", words + 1);
    return parts.length > words ? parts[words] : "";
  }

  private void setEnv(String name, String value) {
    if (value.isEmpty()) {
      env.remove(name);
    } else {
      env.put(name, real(value));
    }
  }

  /** Takes the options of a build that begins, which hold for it alone; returns its targets. */
  private String[] asked(List<String> asked) {
    told.clear();
    int end = asked.indexOf("--");
    args = end < 0 ? List.of() : asked.subList(end + 1, asked.size());
    List<String> words = end < 0 ? asked : asked.subList(0, end);
    all = words.contains("--all");
    force = words.contains("--force");
    failures = words.contains("--fail-fast") ? 1 : 0;
    for (String word : words) {
      failures = word.startsWith("-k") ? Integer.parseInt(word.substring(2)) : failures;
    }
    downstream = words.contains("--downstream");
    keepsFailed = words.contains("--keep-failed");
    restores = words.contains("--restore") || restoring && !words.contains("--no-restore");
    commands = words.contains("--commands");
    traces = words.contains("--trace");
    strict = words.contains("--strict");
    sandboxes = words.contains("--sandbox");
    only = words.contains("--only");
    excluded = values(words, "--exclude=");
    frozen = values(words, "--frozen=");
    return words.stream().filter(word -> !word.startsWith("-")).toArray(String[]::new);
  }

  private static List<String> values(List<String> words, String option) {
    return words.stream()
        .filter(word -> word.startsWith(option))
        .map(word -> word.substring(option.length()))
        .toList();
  }

  private List<String> shell(String command, Stub stub) throws IOException, InterruptedException {
    Path out = Files.createTempFile(root.getParent(), "out", "");
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", command);
    if (stub != null) {
      stub.launch().steps().getLast().env().forEach((name, value) -> put(builder, name, value));
      builder.environment().putAll(stub.launch().steps().getLast().secrets());
      put(builder, "LOG", stub.launch().output().log().toString());
      put(builder, "COMMAND", stub.command());
    }
    int exit =
        builder
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start()
            .waitFor();
    List<String> said =
        new ArrayList<>(Files.readString(out).lines().map(StepFiles::shown).toList());
    Files.delete(out);
    if (exit != 0) {
      said.add("[" + exit + "]");
    }
    return said;
  }

  private static String launch(Launch.Step step) {
    return step.dir() + ": " + String.join("|", step.argv()).replace("\n", "\\n");
  }

  private static void put(ProcessBuilder builder, String name, String value) {
    if (value == null) {
      builder.environment().remove(name);
    } else if (!name.equals("PATH")) { // the shell of a story keeps its own
      builder.environment().put(name, value);
    }
  }

  /** What a job does. */
  private final class Acts implements Deadly {
    private final List<String> steps;

    Acts(List<String> steps) {
      this.steps = steps;
    }

    @Override
    public boolean kills(Stub job) {
      return steps.contains("kill torc")
          || !job.isHook() && steps.contains("attempt " + job.attempt() + ": kill torc");
    }

    @Override
    public ProcessEnd run(Stub stub) throws Exception {
      long wall = 1;
      for (String each : steps) {
        Matcher attempt = ATTEMPT.matcher(each);
        if (attempt.matches() && Integer.parseInt(attempt.group(1)) != stub.attempt()) {
          continue;
        }
        String step = attempt.matches() ? attempt.group(2) : each;
        switch (step.split(" ")[0]) {
          case "work" -> work(stub);
          case "kill" -> {}
          case "lasts" -> wall = Quantity.duration(step.substring(6));
          case "exit" -> {
            return stub.exit(Integer.parseInt(step.substring(5)), wall);
          }
          case "ends" -> {
            String[] how = step.split(" ");
            int code = how.length > 2 ? Integer.parseInt(how[2]) : 0;
            return stub.ended(ProcessEnd.How.valueOf(how[1]), code);
          }
          default -> does(step, stub).forEach(line -> told.add(stub.name() + "> " + line));
        }
      }
      return stub.exit(0, wall);
    }
  }

  // ---- what is told

  private List<String> built(Runnable build) {
    try {
      build.run();
    } catch (BadInput e) {
      return refused(e);
    }
    List<String> said = told.stream().sorted().collect(Collectors.toList());
    Fates fates = new Fates(events);
    said.addAll(fates.lines());
    said.addAll(fates.notes());
    if (exit != 0) {
      said.add("[" + exit + "]");
    }
    return said;
  }

  private static List<String> refused(BadInput e) {
    List<String> said = new ArrayList<>();
    e.getMessage().lines().forEach(line -> said.add("! " + line));
    said.add("[2]");
    return said;
  }

  private List<String> looked(String... targets) {
    try {
      return Fates.grouped(look(targets));
    } catch (BadInput e) {
      return refused(e);
    }
  }
}
