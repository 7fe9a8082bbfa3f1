package dev.torc.features.stores;

import dev.torc.base.syntax.ShellText;
import dev.torc.core.memory.Cache;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.core.model.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Finds the names that an instance had when other columns of its table named the instances: a new
 * row can make a longer name necessary, a removed one a shorter name possible, and a {@code key}
 * fixes either. A name counts only if it has a record. {@link KnownResults} looks for results under
 * these names, so that such a change need not run every job again.
 */
public final class FormerNames {

  /** How many leading columns are tried. */
  private static final int MOST = 16;

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

  private final Workflow workflow;
  private final Cache cache;
  private final Map<String, Group> groups = new HashMap<>();

  public FormerNames(Workflow workflow, Cache cache) {
    this.workflow = workflow;
    this.cache = cache;
  }

  /** Returns the job under each former name. */
  List<Job> of(Job job) {
    List<Job> all = new ArrayList<>(0);
    if (!job.links().produces().isEmpty()) { // nothing but products tells such runs apart
      names(job).forEach(name -> all.add(under(job, name)));
    }
    return all;
  }

  /** Returns the names of an instance that have a record and other parameters than its own name. */
  public List<InstanceName> names(Job job) {
    List<InstanceName> names = new ArrayList<>(0);
    SortedMap<String, String> values = job.parameters();
    Set<String> now = job.namedBy().keySet();
    Group group = group(job);
    if (group == null || now.size() == values.size() && group.sources().columns().count() < 2) {
      return names;
    }
    for (Set<String> keys : keys(group, now)) {
      SortedMap<String, String> some = new TreeMap<>(values);
      some.keySet().retainAll(keys);
      InstanceName name = new InstanceName(group.name(), some);
      if (cache.hasRun(name.toString())) {
        names.add(name);
      }
    }
    return names;
  }

  private Group group(Job job) {
    if (groups.isEmpty()) {
      workflow.groups().forEach(group -> groups.put(group.name(), group));
    }
    return job.group() == null ? null : groups.get(job.group());
  }

  /**
   * Returns the parameters that may have named the instances: some leading columns, all parameters,
   * or one column less.
   */
  private static Set<Set<String>> keys(Group group, Set<String> now) {
    List<String> columns = group.parameters().subList(0, group.sources().columns().count());
    Set<Set<String>> keys = new LinkedHashSet<>();
    for (int n = 1; n <= Math.min(columns.size(), MOST); n++) {
      Set<String> some = new TreeSet<>(now);
      columns.forEach(some::remove);
      some.addAll(columns.subList(0, n));
      keys.add(some);
    }
    keys.add(new TreeSet<>(group.parameters()));
    for (String column : columns) {
      Set<String> less = new TreeSet<>(now);
      if (less.remove(column) && !less.isEmpty()) {
        keys.add(less);
      }
    }
    keys.remove(now);
    return keys;
  }

  /**
   * Returns the job as it was under a former name: its environment has the parameters of that name,
   * and those that the command uses.
   */
  private static Job under(Job job, InstanceName name) {
    StringBuilder text = new StringBuilder();
    for (Step step : job.runs().steps()) {
      step.command().templates().forEach(each -> text.append(each.declared()).append('\n'));
    }
    Set<String> now = job.namedBy().keySet();
    List<Step> steps = new ArrayList<>();
    for (Step step : job.runs().steps()) {
      SortedMap<String, Optional<Template>> env = new TreeMap<>(step.env());
      job.parameters()
          .forEach(
              (key, value) -> {
                boolean then = name.values().containsKey(key);
                if (then && VARIABLE.matcher(key).matches()) {
                  env.putIfAbsent(key, Optional.of(Template.of(value)));
                } else if (!then && now.contains(key) && !ShellText.uses(text.toString(), key)) {
                  env.remove(key);
                }
              });
      steps.add(new Step(step.command(), step.dir(), env, step.shell(), step.image()));
    }
    Job.Runs runs = job.runs();
    return new Job(
        name.toString(),
        job.labels(),
        job.place(),
        job.links(),
        new Job.Runs(
            List.copyOf(steps),
            runs.executor(),
            runs.resources(),
            runs.priority(),
            runs.retry(),
            runs.stop(),
            runs.skip()),
        job.traits(),
        job.conditions());
  }
}
