package dev.torc.workflow;

import dev.torc.workflow.Node.Entry;
import dev.torc.workflow.Step.Command;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * From the map of one job to its record: {@code defaults} are laid under it, classes and
 * placeholders put in, paths normalized. It looks at no other job and at no disk.
 */
final class JobReader {

  private static final List<String> DEFAULT_SHELL = List.of("sh", "-e", "-c");

  /** Maps of a job that are joined with those of {@code defaults}, key by key. */
  private static final Set<String> JOINED = Set.of("env", "resources", "retry");

  private static final List<String> RUNTIMES =
      List.of("podman", "docker", "apptainer", "singularity", "udocker", "charliecloud");

  private final Map<String, String> vars;
  private final Node.Mapping top;
  private final Node.Mapping defaults;
  private final Node.Mapping classes;
  private final Map<String, List<Item>> parents;
  private final Set<String> counters;
  private final Paths paths;
  private final ItemReader items;
  private final Problems problems;
  private final Set<BadInput.Diagnostic> warnings;

  /**
   * Makes a reader.
   *
   * @param parents needs that {@code dependencies} adds to jobs, by the key of the job
   */
  JobReader(
      Map<String, String> vars,
      Node.Mapping top,
      Map<String, List<Item>> parents,
      Set<String> counters,
      Paths paths,
      Problems problems,
      Set<BadInput.Diagnostic> warnings) {
    this.vars = vars;
    this.parents = parents;
    this.top = top;
    this.defaults = Fields.map(top.get("defaults"), "defaults", problems);
    this.classes = Fields.map(top.get("resources"), "resources", problems);
    this.counters = counters;
    this.paths = paths;
    this.items = new ItemReader(paths, problems);
    this.problems = problems;
    this.warnings = warnings;
  }

  /** Reads {@code defaults} and the resource classes for their own sake, so that no slip hides. */
  void checkShared() {
    Scope scope = new Scope(vars, "x", null, null);
    new Fields(defaults, scope, problems).only(Keys.DEFAULTS, "defaults");
    classes
        .entries()
        .forEach((name, entry) -> resources(Fields.map(entry.value(), name, problems), scope));
  }

  /** The values of the build file's vars. */
  Map<String, String> vars() {
    return vars;
  }

  /** The same reader, with its problems and warnings told elsewhere. */
  JobReader telling(Problems problems, Set<BadInput.Diagnostic> warnings) {
    return new JobReader(vars, top, parents, counters, paths, problems, warnings);
  }

  /**
   * What makes a job an instance.
   *
   * @param name the instance's own name, {@link Scope#ANY_PATH} where the values are not known
   * @param values by parameter; as in {@link Scope}
   * @param files paths that it needs without saying so
   */
  record Instance(String name, SortedMap<String, String> values, List<Item> files) {}

  /**
   * Reads one job.
   *
   * @param key the name as written
   * @param name the name with its placeholders put in; of an instance, its group's
   * @param instance null for a plain job
   */
  Job read(String key, String name, Entry entry, Instance instance) {
    String where = "the job " + name;
    Node.Mapping own = Fields.map(entry.value(), where, problems);
    Scope scope =
        instance == null
            ? new Scope(vars, name, null, null)
            : new Scope(vars, instance.values, instance.name, null, null);
    new Fields(own, scope, problems).only(Keys.JOB, where);
    Fields job = new Fields(withDefaults(own, scope), scope, problems);

    List<Item> needs = withOthers(items.items(job, "needs", true), key, instance);
    List<Item> produces = items.items(job, "produces", false);
    Fields full = new Fields(job.map(), scope.with(needs, produces), problems);
    List<String> shell = shell(full);
    String dir = dir(job, ".");
    List<Step> steps = steps(full, name, entry.place(), shell, dir);
    Retry retry = retry(full, own, shell);
    String depfile =
        job.read(
            "depfile",
            null,
            node -> paths.below(dir, Glob.unescape(notEmpty(job.scope().path(node), node))));
    return new Job(
        scope.job(),
        entry.place(),
        steps,
        withData(needs, steps, retry),
        produces,
        items.after(job),
        resources(job.map().get("resources"), scope),
        retry,
        depfile,
        job.flag("persist"),
        job.flag("temporary"),
        job.flag("always"),
        job.flag("interactive"),
        job.flag("allow_failure"),
        (int) job.whole("priority", 0, Integer.MIN_VALUE, Integer.MAX_VALUE),
        List.copyOf(job.texts("tags")),
        job.text("description", ""),
        instance == null ? null : name,
        instance == null ? Collections.emptySortedMap() : instance.values);
  }

  /** The needs as written with those of parents, and the files of an instance. */
  private List<Item> withOthers(List<Item> written, String key, Instance instance) {
    List<Item> ofParents = parents.getOrDefault(key, List.of());
    if (ofParents.isEmpty() && instance == null) {
      return written;
    }
    List<Item> needs = new ArrayList<>(written);
    needs.addAll(ofParents);
    if (instance != null) {
      instance.files.stream().filter(file -> !isAmong(file, needs)).forEach(needs::add);
    }
    return List.copyOf(needs);
  }

  /** The needs with those values that placeholders name: they are needs by themselves. */
  private static List<Item> withData(List<Item> needs, List<Step> steps, Retry retry) {
    SequencedMap<String, Item> values = new LinkedHashMap<>();
    for (Step step : steps) {
      for (Template text : step.templates()) {
        values(text, values);
      }
    }
    if (retry.recover() != null) {
      values(retry.recover(), values);
    }
    if (values.isEmpty()) {
      return needs;
    }
    List<Item> all = new ArrayList<>(needs);
    all.addAll(values.values());
    return List.copyOf(all);
  }

  private static void values(Template text, Map<String, Item> into) {
    for (Template.Part part : text.parts()) {
      if (part instanceof Template.Part.Slot slot
          && slot.name().equals("data")
          && !into.containsKey(slot.member())) {
        Ref ref = Ref.OfData.of(slot.place(), slot.member());
        into.put(slot.member(), new Item(null, slot.place(), List.of(ref)));
      }
    }
  }

  private static boolean isAmong(Item file, List<Item> needs) {
    String path = ((Ref.OfFile) file.refs().getFirst()).path();
    return needs.stream()
        .flatMap(item -> item.refs().stream())
        .anyMatch(ref -> ref instanceof Ref.OfFile other && other.path().equals(path));
  }

  /**
   * The name of a job or group as written, with its placeholders put in.
   *
   * @throws BadInput if it cannot be a name
   */
  String name(String key, Place place) {
    String name = new Scope(vars, null, null, null).text(new Node.Scalar(place, key, true));
    if (name.isEmpty()) {
      throw new BadInput(place, "a job needs a name");
    }
    if (name.indexOf('\0') >= 0) {
      throw new BadInput(place, "the name of a job cannot hold a NUL");
    }
    return name;
  }

  private Node.Mapping withDefaults(Node.Mapping own, Scope scope) {
    if (defaults.entries().isEmpty()) {
      return own;
    }
    SequencedMap<String, Entry> all = new LinkedHashMap<>(own.entries());
    defaults
        .entries()
        .forEach(
            (key, below) -> {
              Entry above = all.get(key);
              boolean other =
                  key.equals("command") && all.containsKey("tasks")
                      || key.equals("tasks") && all.containsKey("command");
              if (above == null && !other) {
                all.put(key, below);
              } else if (above != null && JOINED.contains(key)) {
                boolean resources = key.equals("resources");
                Node under = resources ? classOf(below.value(), scope) : below.value();
                Node over = resources ? classOf(above.value(), scope) : above.value();
                if (under instanceof Node.Mapping a && over instanceof Node.Mapping b) {
                  all.put(key, new Entry(above.place(), Layers.lay(a, b)));
                }
              }
            });
    return new Node.Mapping(own.place(), all);
  }

  /** The resources a class name stands for, or those written; empty for none. */
  private Node.Mapping classOf(Node node, Scope scope) {
    if (node instanceof Node.Scalar scalar && !scalar.isNothing()) {
      Node.Mapping found = null;
      try {
        String name = scope.text(scalar);
        if (classes.get(name) instanceof Node.Mapping map) {
          found = map;
        } else {
          Set<String> names = classes.entries().keySet();
          problems.add(
              scalar.place(), "unknown resource class " + name + Nearest.hint(name, names));
        }
      } catch (BadInput e) {
        problems.add(e);
      }
      return found == null ? Fields.map(null, "resources", problems) : found;
    }
    return Fields.map(node, "resources", problems);
  }

  private Resources resources(Node node, Scope scope) {
    return node == null ? Resources.DEFAULT : resources(classOf(node, scope), scope);
  }

  private Resources resources(Node.Mapping map, Scope scope) {
    Fields fields = new Fields(map, scope, problems);
    SortedMap<String, Long> amounts = new TreeMap<>();
    if (!map.entries().isEmpty()) {
      Set<String> known = new TreeSet<>(Keys.RESOURCES);
      known.addAll(counters);
      fields.only(known, "resources");
      for (String counter : counters) {
        if (map.entries().containsKey(counter)) {
          amounts.put(counter, fields.whole(counter, 0, 0, Integer.MAX_VALUE));
        }
      }
    }
    return new Resources(
        (int) fields.whole("cpus", 1, 1, Integer.MAX_VALUE),
        fields.size("memory"),
        (int) fields.whole("gpus", 0, 0, Integer.MAX_VALUE),
        fields.duration("runtime"),
        amounts,
        fields.size("disk"),
        (int) fields.whole("nodes", 1, 1, Integer.MAX_VALUE));
  }

  private Retry retry(Fields job, Node.Mapping own, List<String> shell) {
    int retries = (int) job.whole("retries", 0, 0, 1000);
    Node node = job.map().get("retry");
    if (node == null) {
      return retries == 0 ? Retry.NONE : new Retry(retries, Set.of(), Set.of(), 0, 1, 1, null);
    }
    if (retries == 0
        && own.entries().containsKey("retry")
        && !job.map().entries().containsKey("retries")) {
      problems.add(node.place(), "retry says how; add retries: 1 to say how often");
    }
    Fields retry = new Fields(Fields.map(node, "retry", problems), job.scope(), problems);
    retry.only(Keys.RETRY, "retry");
    Set<Integer> codes = new TreeSet<>();
    Set<Retry.Cause> causes = EnumSet.noneOf(Retry.Cause.class);
    for (Node each : Fields.oneOrMore(retry.map().get("on"))) {
      job.guard(() -> cause(job.scope().text(Fields.scalar(each, "on")), each, codes, causes));
    }
    Fields grow =
        new Fields(Fields.map(retry.map().get("grow"), "grow", problems), job.scope(), problems);
    grow.only(Keys.GROW, "grow");
    return new Retry(
        retries,
        codes,
        causes,
        retry.duration("delay"),
        grow.factor("memory"),
        grow.factor("runtime"),
        retry.read("recover", null, text -> shellText(text, job.scope(), shell)));
  }

  private static void cause(String text, Node node, Set<Integer> codes, Set<Retry.Cause> causes) {
    switch (text) {
      case "timeout" -> causes.add(Retry.Cause.TIMEOUT);
      case "memory" -> causes.add(Retry.Cause.MEMORY);
      case "signal" -> causes.add(Retry.Cause.SIGNAL);
      default -> {
        if (!text.matches("[0-9]{1,3}")
            || Integer.parseInt(text) < 1
            || Integer.parseInt(text) > 255) {
          throw new BadInput(
              node.place(),
              text + " is no cause; write an exit status from 1 to 255, timeout, memory or signal");
        }
        codes.add(Integer.valueOf(text));
      }
    }
  }

  /** The build file's shell. */
  List<String> shell() {
    return shell(
        new Fields(Fields.map(null, "", problems), new Scope(vars, null, null, null), problems));
  }

  private List<String> shell(Fields job) {
    Node node = job.map().get("shell");
    node = node == null ? top.get("shell") : node;
    if (node == null) {
      return DEFAULT_SHELL;
    }
    if (!(node instanceof Node.Sequence list) || list.items().isEmpty()) {
      problems.add(node.place(), "shell must be a list such as [bash, -e, -o, pipefail, -c]");
      return DEFAULT_SHELL;
    }
    List<String> words = new ArrayList<>();
    for (Node word : list.items()) {
      job.guard(() -> words.add(job.scope().text(Fields.scalar(word, "shell"))));
    }
    return words.isEmpty() || words.getFirst().isEmpty() ? DEFAULT_SHELL : List.copyOf(words);
  }

  private String dir(Fields fields, String otherwise) {
    return fields.read(
        "dir",
        otherwise,
        node -> paths.normalize(Glob.unescape(notEmpty(fields.scope().path(node), node))));
  }

  private static String notEmpty(String text, Node node) {
    if (text.isEmpty()) {
      throw new BadInput(node.place(), "an empty path");
    }
    return text;
  }

  private List<Step> steps(Fields job, String name, Place place, List<String> shell, String dir) {
    SortedMap<String, Optional<Template>> env = env(job);
    Node command = job.map().get("command");
    Node tasks = job.map().get("tasks");
    if (command != null && tasks != null) {
      problems.add(tasks.place(), "a job has either command or tasks, not both");
    } else if (tasks != null) {
      return tasks(tasks, job, shell, dir, env);
    } else if (command == null && Keys.JOB.containsAll(job.map().entries().keySet())) {
      // Among unknown keys, one of them is the mistyped command.
      problems.add(
          place, "the job " + name + " has no command; to name several jobs at once, use tags");
    }
    List<Step> steps = new ArrayList<>();
    if (command != null) {
      String image = image(job, null);
      job.guard(
          () -> steps.add(new Step(command(command, job.scope(), shell), dir, env, shell, image)));
    }
    return List.copyOf(steps);
  }

  private List<Step> tasks(
      Node tasks,
      Fields job,
      List<String> shell,
      String dir,
      SortedMap<String, Optional<Template>> env) {
    List<Step> steps = new ArrayList<>();
    Scope scope = job.scope();
    String shared = image(job, null);
    if (!(tasks instanceof Node.Sequence list) || list.items().isEmpty()) {
      problems.add(tasks.place(), "tasks must be a list of {command: …}");
      return steps;
    }
    for (Node node : list.items()) {
      Fields task = new Fields(Fields.map(node, "a task", problems), scope, problems);
      task.only(Keys.TASK, "a task");
      Node command = task.map().get("command");
      Node cmd = task.map().get("cmd");
      if (command == null == (cmd == null)) {
        problems.add(node.place(), "a task has one command (or cmd, which is the same)");
        continue;
      }
      SortedMap<String, Optional<Template>> own = new TreeMap<>(env);
      env(ownEnv(task), scope, own);
      String folder = dir(task, dir);
      String image = image(task, shared);
      task.read("runtime", null, text -> runtime(scope.text(text)));
      task.guard(
          () ->
              steps.add(
                  new Step(
                      command(command == null ? cmd : command, scope, shell),
                      folder,
                      own,
                      shell,
                      image)));
    }
    return List.copyOf(steps);
  }

  /** The environment of the build file and of a job, laid over each other. */
  private SortedMap<String, Optional<Template>> env(Fields job) {
    Map<String, String> parameters = job.scope().parameters();
    if (top.get("env") == null && job.map().get("env") == null && parameters.isEmpty()) {
      return Collections.emptySortedMap();
    }
    SortedMap<String, Optional<Template>> all = new TreeMap<>();
    env(top.get("env"), job.scope(), all);
    parameters.forEach((name, value) -> all.put(name, Optional.of(Template.of(value))));
    env(ownEnv(job), job.scope(), all);
    return Collections.unmodifiableSortedMap(all);
  }

  /** The {@code env} of a job or task, in which no parameter may be set once more. */
  private Node ownEnv(Fields fields) {
    Node node = fields.map().get("env");
    if (node instanceof Node.Mapping map) {
      for (String name : fields.scope().parameters().keySet()) {
        if (map.entries().containsKey(name)) {
          problems.add(
              map.entries().get(name).place(),
              name + " is a parameter, so the environment has it already");
        }
      }
    }
    return node;
  }

  private static String image(Fields fields, String otherwise) {
    return fields.read(
        "image",
        otherwise,
        node -> {
          String text = fields.scope().text(node);
          if (text.isBlank()) {
            throw new IllegalArgumentException("the image has no name");
          }
          return text;
        });
  }

  /** The program that runs containers; which one it is never decides whether a job runs. */
  private static String runtime(String text) {
    if (!RUNTIMES.contains(text)) {
      String hint = Nearest.hint(text, RUNTIMES);
      throw new IllegalArgumentException(
          text
              + " runs no containers"
              + (hint.isEmpty() ? "; known are " + String.join(", ", RUNTIMES) : hint)
              + (text.matches("[0-9].*") ? "; a time limit is resources: {runtime: 10m}" : ""));
    }
    return text;
  }

  private Command command(Node node, Scope scope, List<String> shell) {
    if (!(node instanceof Node.Sequence list)) {
      return new Command.Shell(shellText(Fields.scalar(node, "command"), scope, shell));
    }
    if (list.items().isEmpty()) {
      throw new BadInput(node.place(), "the command is empty");
    }
    List<Template> words = new ArrayList<>();
    for (Node word : list.items()) {
      Node.Scalar text = Fields.scalar(word, "a word of the command");
      if (words.isEmpty() && text.text().isEmpty()) {
        throw new BadInput(text.place(), "the command's first word, its program, is empty");
      }
      words.add(scope.plain(text));
    }
    return new Command.Words(List.copyOf(words));
  }

  private Template shellText(Node.Scalar node, Scope scope, List<String> shell) {
    if (node.text().isBlank()) {
      throw new BadInput(node.place(), "the command is empty");
    }
    String text = node.text();
    if (text.indexOf('|') >= 0
        && ShellText.knows(shell)
        && !shell.contains("pipefail")
        && !text.contains("pipefail")
        && ShellText.scan(text).hasPipe()) {
      warnings.add(
          new BadInput.Diagnostic(
              node.place(),
              "in a pipe "
                  + shell.getFirst()
                  + " notices only the last failure; set shell: [bash, -e, -o, pipefail, -c]"));
    }
    return scope.command(node, shell);
  }

  private void env(Node node, Scope scope, SortedMap<String, Optional<Template>> into) {
    if (node == null) {
      return;
    }
    Fields.map(node, "env", problems)
        .entries()
        .forEach(
            (name, entry) -> {
              try {
                if (name.isEmpty() || name.indexOf('=') >= 0) {
                  throw new BadInput(entry.place(), "no name for a variable: " + name);
                }
                into.put(
                    name,
                    Node.isNothing(entry.value())
                        ? Optional.empty()
                        : Optional.of(scope.plain(Fields.scalar(entry.value(), name))));
              } catch (BadInput e) {
                problems.add(e);
              }
            });
  }
}
