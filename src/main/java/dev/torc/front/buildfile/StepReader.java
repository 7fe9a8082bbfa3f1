package dev.torc.front.buildfile;

import dev.torc.base.posix.Stop;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.syntax.Quoting;
import dev.torc.base.syntax.ShellText;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Step;
import dev.torc.core.model.Step.Command;
import dev.torc.core.model.Step.Image;
import dev.torc.core.model.Template;
import dev.torc.features.containers.ImageReader;
import dev.torc.features.containers.ImageReader.Choice;
import dev.torc.features.groups.AxisReader;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.TemplateReader;
import dev.torc.features.reading.Value;
import dev.torc.features.remarks.OtherVarForms;
import dev.torc.features.remarks.Unexpanded;
import dev.torc.features.secrets.SecretReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads what a job runs: its command or tasks, with shell, folder, environment and image. {@link
 * JobReader} reads the rest of the job.
 *
 * @param top the top level of the build file, whose {@code shell} and {@code env} all jobs share
 */
record StepReader(
    Node.Mapping top, Paths paths, ImageReader images, EnvLayers layers, Problems problems) {
  private static final List<String> STOP_SIGNALS =
      List.of("INT", "TERM", "HUP", "QUIT", "USR1", "USR2");

  /** Returns the default outside of images. */
  static List<String> defaultShell(Node.Mapping top) {
    boolean seed = top.get("factories") != null || top.get("dependencies") != null;
    return seed ? Step.SH : Step.BASH;
  }

  /** Returns the words that run a command's text in a shell, in the job's own image. */
  List<String> shell(MapFields job) {
    return shell(job, images.choice(job, Choice.NOTHING));
  }

  /**
   * Returns the words that run a command's text in a shell: from the job's {@code shell}, or else
   * the build file's. The default depends on the image.
   */
  private List<String> shell(MapFields job, Choice image) {
    Node node = job.map().get("shell");
    node = node == null ? top.get("shell") : node;
    List<String> otherwise = image.name() == null ? defaultShell(top) : Step.SH;
    if (node == null) {
      return otherwise;
    }
    if (!(node instanceof Node.Sequence given) || given.items().isEmpty()) {
      boolean text = node instanceof Node.Scalar && job.map().get("command") == null;
      problems.add(
          node.place(),
          "shell must be a list such as [bash, -e, -o, pipefail, -c]"
              + (text ? "; what it runs is command" : ""));
      return otherwise;
    }
    Node.Mapping of = job.map().get("shell") == null ? top : job.map();
    List<String> words = new MapFields(of, job.scope(), job.problems()).texts("shell");
    return words.isEmpty() || words.getFirst().isEmpty() ? otherwise : words;
  }

  /**
   * Returns the folder of a job or task, relative to the root; {@code otherwise} if it names none.
   */
  String dir(MapFields fields, String otherwise) {
    return fields.read("dir", otherwise, node -> paths.normalize(fields.scope().literalPath(node)));
  }

  /** Returns what a job runs, in order; empty after an error. */
  List<Step> steps(
      MapFields job,
      String name,
      Place place,
      List<String> shell,
      String dir,
      SortedMap<String, Optional<Template>> env) {
    Node command = job.map().get("command");
    Node tasks = job.map().get("tasks");
    if (command != null && tasks != null) {
      problems.add(tasks.place(), "a job has either command or tasks, not both");
    } else if (tasks != null) {
      return tasks(tasks, job, dir, env);
    } else if (command == null && JobFeatures.JOB.containsAll(job.map().entries().keySet())) {
      // Not reported if there are unknown keys: one of them is probably a mistyped command.
      boolean gathers = job.map().get("needs") != null || job.map().get("after") != null;
      String next =
          gathers
              ? "torc builds all jobs, or those of default: [JOB, …]; tags: [NAME] gives several"
                  + " jobs one name"
              : "to name several jobs at once, use tags";
      problems.add(place, "the job " + name + " has no command; " + next);
    }
    List<Step> steps = new ArrayList<>();
    if (command != null) {
      Image image = images.image(images.choice(job, Choice.NOTHING), images.settings(job));
      problems.guard(
          () -> steps.add(new Step(command(command, job.scope(), shell), dir, env, shell, image)));
      OtherVarForms.warn(command, steps, job.scope());
    }
    return List.copyOf(steps);
  }

  private List<Step> tasks(
      Node tasks, MapFields job, String dir, SortedMap<String, Optional<Template>> env) {
    List<Step> steps = new ArrayList<>();
    Scope scope = job.scope();
    Choice shared = images.choice(job, Choice.NOTHING);
    Image settings = images.settings(job);
    if (!(tasks instanceof Node.Sequence list) || list.items().isEmpty()) {
      problems.add(tasks.place(), "tasks must be a list of texts or {command: …}");
      return steps;
    }
    for (Node item : list.items()) {
      Node node = task(item);
      MapFields task = MapFields.of(node, "a task", scope, problems).only(KnownKeys.TASK, "a task");
      Node command = task.map().get("command");
      Node cmd = task.map().get("cmd");
      Node one = command == null ? cmd : command;
      if (command == null == (cmd == null)) {
        problems.add(node.place(), "a task has one command (or cmd, which is the same)");
        continue;
      }
      SortedMap<String, Optional<Template>> own = new TreeMap<>(env);
      env(ownEnv(task), scope, own);
      String folder = dir(task, dir);
      Choice choice = images.choice(task, shared);
      Image image = images.image(choice, settings);
      List<String> shell = shell(job, choice);
      problems.guard(
          () -> steps.add(new Step(command(one, scope, shell), folder, own, shell, image)));
      refuseLost(node.place(), steps, item == list.items().getLast());
      OtherVarForms.warn(one, steps, scope);
    }
    return List.copyOf(steps);
  }

  /** Returns a task as a map; a text is its command. */
  private static Node task(Node written) {
    return written instanceof Node.Scalar && !Node.isNothing(written)
        ? new Node.Mapping(
            written.place(), new TreeMap<>(Map.of("cmd", new Entry(written.place(), written))))
        : written;
  }

  /** Refuses the last of these steps if it does nothing that its end does not undo. */
  private void refuseLost(Place place, List<Step> steps, boolean last) {
    String key = steps.isEmpty() ? null : LostTask.instead(steps.getLast());
    if (key != null) {
      String line =
          "%s does not see what this task changes, since each has a shell of its own; write"
              + " command: | with all lines%s";
      problems.add(
          place,
          line.formatted(
              last ? "another task" : "the next task", key.isEmpty() ? "" : ", or use " + key));
    }
  }

  /**
   * Returns the environment of a job: that of the build file, overlaid by the parameters, overlaid
   * by the job's own {@code env}. A parameter that is not in the instance's name is there only if a
   * command uses it.
   */
  SortedMap<String, Optional<Template>> env(MapFields job) {
    Map<String, String> parameters = job.scope().parameters();
    Map<String, Value> others = job.scope().columns();
    if (top.get("env") == null
        && job.map().get("env") == null
        && parameters.isEmpty()
        && others.isEmpty()) {
      return Collections.emptySortedMap();
    }
    SortedMap<String, Optional<Template>> all = new TreeMap<>();
    env(top.get("env"), job.scope(), all);
    parameters.forEach(
        (name, value) -> {
          if (Placeholder.isIdentifier(name)) { // other names cannot be variables
            all.put(name, Optional.of(Template.of(value)));
          }
        });
    String text = others.isEmpty() ? "" : commands(job.map());
    others.forEach(
        (name, value) -> {
          if (Placeholder.isIdentifier(name)
              && !AxisReader.isTaken(name)
              && ShellText.uses(text, name)) {
            if (value.text() != null) {
              all.put(name, Optional.of(Template.of(value.text())));
            } else if (!isSet(text, name)) {
              problems.add(
                  job.map().place(),
                  "$%s: %1$s is %s, which no variable holds; write {%1$s} in the command"
                      .formatted(name, value.shape()));
            }
          }
        });
    env(ownEnv(job), job.scope(), all);
    return Collections.unmodifiableSortedMap(all);
  }

  /** Returns whether a command gives a variable a value of its own. */
  private static boolean isSet(String command, String name) {
    return Pattern.compile(
            "(?<![\\w$])(?:for\\s+%1$s\\b|read\\b[^;|&\\n]*\\b%1$s\\b|%1$s=)".formatted(name))
        .matcher(command)
        .find();
  }

  /** Returns the texts of a job's command or of its tasks. */
  private static String commands(Node.Mapping job) {
    StringBuilder text = new StringBuilder();
    List<Node> written = new ArrayList<>(MapFields.oneOrMore(job.get("command")));
    for (Node task : MapFields.oneOrMore(job.get("tasks"))) {
      if (task(task) instanceof Node.Mapping map) {
        written.addAll(MapFields.oneOrMore(map.get("command")));
        written.addAll(MapFields.oneOrMore(map.get("cmd")));
      }
    }
    for (Node word : written) {
      text.append(word instanceof Node.Scalar scalar ? scalar.text() : "").append('\n');
    }
    return text.toString();
  }

  /** Returns the {@code env} of a job or task. Reports a variable in it that is a parameter. */
  private Node ownEnv(MapFields fields) {
    Node node = layers.joined(fields.map(), problems).get("env");
    if (node instanceof Node.Mapping map) {
      for (String name : fields.scope().parameters().keySet()) {
        Node given = map.get(name);
        boolean same = given instanceof Node.Scalar text && text.text().equals("{" + name + "}");
        if (Placeholder.isIdentifier(name) && map.entries().containsKey(name) && !same) {
          problems.add(
              map.entries().get(name).place(),
              name + " is a parameter, so the environment has it already");
        }
      }
    }
    return node;
  }

  /**
   * Returns the programs in {@code tools}. If the job's environment sets {@code PATH}, programs are
   * looked up there. In a job with an image, only programs below the root are accepted.
   */
  List<Tool> tools(
      MapFields job, String dir, SortedMap<String, Optional<Template>> env, List<Step> steps) {
    Template search = env.getOrDefault("PATH", Optional.empty()).orElse(null);
    return job.list(
        "tools",
        node -> {
          String name = job.scope().text(node);
          Tool tool = tool(node.place(), name, search, dir);
          boolean ofRoot = tool.isPath() && !tool.paths().getFirst().startsWith("/");
          if (!ofRoot && steps.stream().anyMatch(step -> step.image() != null)) {
            throw new IllegalArgumentException(
                "tool %s is one of this machine, and the job runs in an image; leave it out: the image counts as a whole"
                    .formatted(name));
          }
          return tool;
        });
  }

  private Tool tool(Place place, String name, Template search, String dir) {
    if (name.startsWith(Paths.OUTER)) {
      String written = name.substring(Paths.OUTER.length());
      return new Tool(place, written, List.of(paths.normalize(name)), search, dir);
    }
    Paths.refuseForeign(name, place);
    if (name.isBlank() || name.endsWith("/") || name.equals(".") || name.equals("..")) {
      throw new BadInput(place, "no name of a program: \"" + name + "\"");
    }
    List<String> own = new ArrayList<>();
    if (name.indexOf('/') >= 0) {
      own.add(paths.normalize(name));
    } else if (search != null) {
      StringBuilder folders = new StringBuilder();
      for (Template.Part part : search.parts()) {
        boolean text = part instanceof Template.Part.Text;
        if (!text && !((Template.Part.Slot) part).name().equals("env")) {
          throw new BadInput(
              place, "where " + name + " is has to be known before the job runs; see its PATH");
        }
        folders.append(text ? ((Template.Part.Text) part).text() : "\0");
      }
      for (String folder : folders.toString().split(":", -1)) {
        if (folder.indexOf('\0') < 0) {
          own.add(paths.below(dir, folder.isEmpty() ? name : folder + "/" + name));
        }
      }
    }
    return new Tool(place, name, List.copyOf(own), search, dir);
  }

  private Command command(Node node, Scope scope, List<String> shell) {
    if (!(node instanceof Node.Sequence list)) {
      return new Command.Shell(shellText(MapFields.scalar(node, "command"), scope, shell));
    }
    List<Template> words = new ArrayList<>();
    for (Node word : scope.items(list)) {
      Node.Scalar text = MapFields.scalar(word, "a word of the command");
      if (words.isEmpty() && text.text().isEmpty()) {
        throw new BadInput(text.place(), "the command's first word, its program, is empty");
      }
      if (words.isEmpty() && text.text().indexOf(' ') > 0) {
        problems.warn(
            text.place(),
            "a list is the words of one command, and the program \"%s\" contains spaces; write a text, or tasks for several commands"
                .formatted(text.text()));
      }
      words.add(new TemplateReader(scope, text).word());
    }
    if (words.isEmpty()) {
      throw new BadInput(node.place(), "the command is empty");
    }
    return new Command.Words(List.copyOf(words));
  }

  Template shellText(Node.Scalar node, Scope scope, List<String> shell) {
    if (node.text().isBlank()) {
      throw new BadInput(node.place(), "the command is empty");
    }
    String text = node.text();
    if (!node.quoted() && endsInQuote(text) && Quoting.isKnown(shell)) {
      problems.warn(
          node.place(),
          "the command ends inside of quotes; a # behind a blank begins a comment in YAML:"
              + " quote the whole command");
    }
    return new TemplateReader(scope, node).command(shell);
  }

  /**
   * Returns whether a text ends inside quotes. Most texts contain no quotes and are not scanned.
   */
  private static boolean endsInQuote(String text) {
    return (text.indexOf('"') >= 0 || text.indexOf('\'') >= 0)
        && ShellText.scan(text).endsInQuote();
  }

  private void env(Node node, Scope scope, SortedMap<String, Optional<Template>> into) {
    if (node == null) {
      return;
    }
    Node.Mapping all = MapFields.map(node, "env", problems);
    for (Map.Entry<String, Node.Entry> each : all.entries().entrySet()) {
      String name = each.getKey();
      Node.Entry entry = each.getValue();
      problems.guard(() -> into.put(name, variable(name, entry, scope)));
      if (entry.value() instanceof Node.Scalar text && !layers.isLiteral(entry)) {
        Unexpanded.warn(name, text, all.entries().keySet(), problems);
      }
    }
    SecretReader.spread(into);
  }

  private Optional<Template> variable(String name, Node.Entry entry, Scope scope) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new BadInput(entry.place(), "no name for a variable: " + name);
    }
    if (Node.isNothing(entry.value())) {
      return Optional.empty();
    }
    if (entry.value() instanceof Node.Mapping map) {
      return SecretReader.read(name, map, layers.isLiteral(entry), scope, problems);
    } else if (entry.value() instanceof Node.Sequence) {
      throw new BadInput(entry.value().place(), name + " is one text; join the items, such as a:b");
    }
    Node.Scalar value = MapFields.scalar(entry.value(), name);
    return Optional.of(
        layers.isLiteral(entry)
            ? Template.of(value.text())
            : new TemplateReader(scope, value).plain(true));
  }

  /** Returns how the processes of a job are ended. */
  static Stop stop(MapFields job) {
    MapFields stop = job.inner("stop").only(KnownKeys.STOP, "stop");
    String signal = stop.choice("signal", "", STOP_SIGNALS);
    long grace = stop.amount("grace", Stop.USUAL.grace(), Quantity::duration);
    return signal.isEmpty() && grace < 0
        ? Stop.USUAL
        : new Stop(Stop.SIGNALS.getOrDefault(signal, 0), grace);
  }
}
