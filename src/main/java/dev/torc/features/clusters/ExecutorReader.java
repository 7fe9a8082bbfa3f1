package dev.torc.features.clusters;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.core.model.SchedulerSettings.BatchBounds;
import dev.torc.core.model.SchedulerSettings.Commands;
import dev.torc.core.model.SchedulerSettings.Fact;
import dev.torc.core.model.SchedulerSettings.SbatchOptions;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads {@code executors}: named schedulers, each with a kind or based on another one ({@code
 * like}). {@code JobReader} reads which executor runs a job.
 */
public record ExecutorReader(
    Node.Mapping all, Scope scope, Problems problems, SequencedMap<String, Executor> read) {

  /** An entry of {@code executors} of any kind. */
  public static final List<String> EXECUTOR =
      List.of("kind like job_name before max_jobs batch max_runtime latency trace".split(" "));

  /** The additional keys of an entry of {@code executors} of kind {@code slurm}. */
  public static final List<String> OF_SLURM = List.of("account", "partition", "args", "shards");

  /** The additional keys of an entry of {@code executors} of kind {@code commands}. */
  public static final List<String> OF_COMMANDS =
      List.of("submit", "states", "cancel", "id", "separator", "words", "settings");

  /** {@code words} of an executor of kind {@code commands}. */
  public static final List<String> OF_WORDS = List.of("running", "waiting", "gone", "cancelled");

  private static final String SLURM = "slurm";
  private static final List<String> KINDS = List.of(SLURM, "commands");

  private static final String KNOWN = "; known are ";

  private static final Pattern NAMING = Pattern.compile("-J.*|--job(-.*|=.*)?");

  private static final int MAX_JOBS = 500;
  private static final long BATCH = TimeUnit.MINUTES.toNanos(2);
  private static final long LATENCY = TimeUnit.MINUTES.toNanos(1);

  /**
   * Reads all executors of a build file in the order written, with their outside names; errors are
   * added to the problems.
   */
  public static List<Executor> read(Node node, Scope scope, Problems problems) {
    Node.Mapping all = MapFields.map(node, "executors", problems);
    ExecutorReader reader = new ExecutorReader(all, scope, problems, new LinkedHashMap<>());
    all.entries()
        .forEach(
            (name, entry) -> {
              if (!name.startsWith(Paths.OUTER)) { // else the including file has read it
                problems.guard(() -> reader.executor(name, entry));
              }
            });
    return List.copyOf(reader.read.values());
  }

  /**
   * Returns the name if it is one of these executors, or {@code local}.
   *
   * @throws IllegalArgumentException for any other name
   */
  public static String requireKnown(String name, List<Executor> executors) {
    return requireNamed(name, executors.stream().map(Executor::name).toList());
  }

  private static String requireNamed(String name, List<String> names) {
    List<String> known = new ArrayList<>(names);
    known.add(Executor.LOCAL);
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "no executor " + name + NearestName.hint(name, known, KNOWN));
    }
    return name;
  }

  /**
   * Returns the outside name of an executor that a job names. Its package's own come first, then
   * those that the including files declare themselves; those of other packages have no name in it.
   */
  private static String outside(Home home, String written, List<Executor> executors) {
    if (written.startsWith(Paths.OUTER)) {
      return outside(home.outer(), written.substring(Paths.OUTER.length()), executors);
    }
    List<String> known = new ArrayList<>();
    for (Home at = home; at != null; at = at.outer()) {
      for (Executor each : executors) {
        String name = at.inside(each.name());
        if (each.name().equals(at.prefix() + name) && (at == home || name.indexOf(':') < 0)) {
          if (name.equals(written)) {
            return each.name();
          }
          known.add(name);
        }
      }
    }
    return requireNamed(written, known);
  }

  /**
   * Returns the executors that a job names, by attempt; none if all are {@code local}. Since {@code
   * before} is part of the manifest, it must not depend on the attempt.
   */
  public static List<String> ofJob(MapFields job, List<Executor> executors) {
    List<String> own =
        job.list(
            "executor",
            node -> outside(job.scope().vars().home(), job.scope().text(node), executors));
    if (own.isEmpty()) {
      return own;
    }
    Map<String, String> befores = new LinkedHashMap<>(); // the last executor with each
    for (String name : own) {
      befores.put(before(name, executors), name);
    }
    if (befores.size() > 1) {
      job.problems()
          .add(
              job.map().get("executor").place(),
              "%s have different `before`s, which are part of the result; give them the same one"
                  .formatted(String.join(" and ", befores.values())));
    }
    return own.stream().allMatch(Executor.LOCAL::equals) ? List.of() : own;
  }

  /** Returns a remark if a share of a GPU is a whole one at Slurm; otherwise null. */
  public static String wholeGpu(List<String> own, List<Executor> executors, Node.Mapping top) {
    boolean shared =
        top.get("limits") instanceof Node.Mapping limits
            && limits.get("gpus") instanceof Node.Mapping gpus
            && gpus.get("each") != null;
    for (Executor each : executors) {
      SchedulerSettings settings = each.settings();
      if (own.contains(each.name())
          && settings.isSlurm()
          && !(shared && settings.sbatch().shards())) {
        return " means a whole GPU at "
            + SafeText.name(each.name())
            + "; if the cluster shares GPUs, write shards: true there and limits: {gpus: {each:"
            + " N}}";
      }
    }
    return null;
  }

  private static String before(String name, List<Executor> executors) {
    for (Executor each : executors) {
      if (each.name().equals(name)) {
        return each.before();
      }
    }
    return ""; // local
  }

  private void executor(String name, Entry entry) {
    if (name.equals(Executor.LOCAL)) {
      throw new BadInput(
          entry.place(),
          "local is this machine, which limits describes; give the scheduler another name");
    }
    if (name.isBlank()) {
      throw new BadInput(entry.place(), "an executor needs a name");
    }
    MapFields fields = new MapFields(likeness(name, entry, new ArrayList<>()), scope, problems);
    String kind = kind(name, entry, fields.map().get("kind"));
    boolean slurm = kind.equals(SLURM);
    Collection<String> ofKind = slurm ? OF_SLURM : OF_COMMANDS;
    fields.only(joined(EXECUTOR, ofKind), "the executor " + name + " of kind " + kind);
    String outside = scope.vars().home().prefix() + name;
    String jobName = jobName(fields);
    String before = fields.text("before", "");
    String account = fields.text("account", "");
    String partition = fields.text("partition", "");
    SbatchOptions sbatch =
        new SbatchOptions(account, partition, args(fields), fields.flag("shards"));
    int most = (int) fields.whole("max_jobs", MAX_JOBS, 1, Integer.MAX_VALUE);
    long batch = fields.amount("batch", BATCH, Quantity::duration);
    long runtime = fields.amount("max_runtime", 0, Quantity::duration);
    BatchBounds bounds = new BatchBounds(most, batch, runtime);
    long latency = fields.amount("latency", LATENCY, Quantity::duration);
    Commands commands = slurm ? null : commands(name, entry, fields);
    SchedulerSettings settings =
        new SchedulerSettings(outside, jobName, before, sbatch, bounds, latency, commands);
    boolean trace = fields.choice("trace", "true", MapFields.FLAG).equals("true");
    read.put(name, new Executor(entry.place(), settings, trace));
  }

  private String jobName(MapFields fields) {
    String name = raw(fields, "job_name");
    for (String word : new CommandTemplate(name).names()) {
      if (!BatchName.WORDS.contains(word)) {
        String hint = NearestName.hint(word, BatchName.WORDS, KNOWN);
        problems.add(
            fields.map().get("job_name").place(),
            "{%s} has no value in job_name%s".formatted(word, hint));
      }
    }
    return name;
  }

  /** Returns the options of sbatch; the name is torc's, which finds its jobs by it. */
  private List<String> args(MapFields fields) {
    List<String> args = fields.texts("args");
    for (String arg : args) {
      if (NAMING.matcher(arg).matches()) {
        problems.add(
            fields.map().get("args").place(),
            "args cannot name the job (%s): torc finds its jobs by their names; use job_name"
                .formatted(arg));
      }
    }
    return args;
  }

  /**
   * Returns the keys of an executor, laid over those of the executor that its {@code like} names.
   */
  private Node.Mapping likeness(String name, Entry entry, List<String> seen) {
    Node.Mapping own = MapFields.map(entry.value(), "the executor " + name, problems);
    Node like = own.get("like");
    if (like == null) {
      return own;
    }
    seen.add(name);
    String other = scope.text(MapFields.scalar(like, "like"));
    Entry outer = all.entries().get(Paths.OUTER + other);
    Entry below = outer == null ? all.entries().get(other) : outer;
    if (seen.contains(other)) {
      seen.add(other);
      throw new BadInput(
          like.place(), "executor " + other + " is like itself: " + String.join(" → ", seen));
    }
    if (below == null) {
      throw new BadInput(
          like.place(),
          "no executor " + other + NearestName.hint(other, all.entries().keySet(), KNOWN));
    }
    return likeness(other, below, seen).with(own.without("like"));
  }

  private String kind(String name, Entry entry, Node said) {
    if (said == null) {
      throw new BadInput(
          entry.place(), "the executor " + name + " has no kind: write kind: slurm, or commands");
    }
    String kind = scope.text(MapFields.scalar(said, "kind"));
    if (!KINDS.contains(kind)) {
      throw new BadInput(
          said.place(),
          "no kind of scheduler is called " + kind + NearestName.hint(kind, KINDS, KNOWN));
    }
    return kind;
  }

  private Commands commands(String name, Entry entry, MapFields fields) {
    SortedMap<String, String> settings = new TreeMap<>();
    MapFields own = fields.inner("settings");
    Set<String> submit = joined(CommandTemplate.SCRIPT, CommandTemplate.RESOURCES);
    Set<String> ids = Set.of(CommandTemplate.IDS);
    own.map().entries().forEach((key, each) -> setting(key, each, joined(submit, ids)));
    own.map().entries().keySet().forEach(key -> settings.put(key, own.text(key, "")));
    template(name, entry, fields, "submit", "script", joined(submit, settings.keySet()));
    template(name, entry, fields, "states", null, joined(ids, settings.keySet()));
    template(name, entry, fields, "cancel", CommandTemplate.IDS, joined(ids, settings.keySet()));
    String id = raw(fields, "id");
    try {
      if (!id.isEmpty() && Pattern.compile(id).matcher("").groupCount() == 0) {
        problems.add(
            fields.map().get("id").place(), "the pattern " + id + " has no group (…) for the id");
      }
    } catch (PatternSyntaxException e) {
      problems.add(fields.map().get("id").place(), "no pattern: " + e.getDescription());
    }
    MapFields said = fields.inner("words").only(OF_WORDS, "words");
    Map<Fact, List<String>> words = new EnumMap<>(Fact.class);
    for (Fact word : Fact.values()) {
      words.put(word, said.texts(word.name().toLowerCase(Locale.ROOT)));
    }
    return new Commands(
        raw(fields, "submit"),
        raw(fields, "states"),
        raw(fields, "cancel"),
        id,
        fields.text("separator", " "),
        words,
        settings);
  }

  private static Set<String> joined(Collection<String> some, Collection<String> others) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(others);
    return all;
  }

  /** Reports a name in {@code settings} that cannot be a placeholder. */
  private void setting(String key, Entry entry, Set<String> taken) {
    if (taken.contains(key)) {
      problems.add(
          entry.place(), "{%s} is torc's own; give the setting another name".formatted(key));
    } else if (!new CommandTemplate("{" + key + "}").names().equals(List.of(key))) {
      problems.add(
          entry.place(), "invalid placeholder name %s; use letters, digits and _".formatted(key));
    }
  }

  /**
   * Checks a command: it must be present, contain the placeholder {@code needed} (if not null), and
   * contain no unknown placeholder.
   */
  private void template(
      String name, Entry entry, MapFields fields, String key, String needed, Set<String> known) {
    String text = raw(fields, key);
    if (text.isBlank()) {
      problems.add(
          entry.place(), "the executor %s of kind commands has no %s".formatted(name, key));
      return;
    }
    Place place = fields.map().get(key).place();
    List<String> names = new CommandTemplate(text).names();
    for (String each : names) {
      Matcher cut = CommandTemplate.NAME.matcher(each);
      if (key.equals("submit") && cut.matches() && cut.group(1) != null) {
        if (Integer.parseInt(cut.group(1)) < BatchName.SHORTEST) {
          String least = "{%s} is too short for a name of its own; use at least {name:%d}";
          problems.add(place, least.formatted(each, BatchName.SHORTEST));
        }
      } else if (!known.contains(each)) {
        problems.add(
            place,
            "{%s} has no value in %s%s".formatted(each, key, NearestName.hint(each, known, KNOWN)));
      }
    }
    if (needed != null && !names.contains(needed)) {
      problems.add(place, "%s has no {%s}".formatted(key, needed));
    }
  }

  /** Returns a text as written; {@link CommandTemplate} replaces its placeholders. */
  private static String raw(MapFields fields, String key) {
    return fields.map().get(key) instanceof Node.Scalar text ? text.text() : "";
  }
}
