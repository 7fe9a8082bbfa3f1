package dev.torc.importing;

import dev.torc.importing.WorkflowSpec.Action;
import dev.torc.importing.WorkflowSpec.Handler;
import dev.torc.importing.WorkflowSpec.Job;
import dev.torc.importing.WorkflowSpec.Names;
import dev.torc.importing.WorkflowSpec.ResourceClass;
import dev.torc.importing.WorkflowSpec.Rule;
import dev.torc.importing.WorkflowSpec.UserData;
import dev.torc.syntax.Node;
import dev.torc.syntax.Node.Mapping;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the tree of a workflow file into a {@link WorkflowSpec}: checks keys and types, expands
 * parameters, and says which keys mean nothing here. It does not look up what a name refers to.
 */
final class WorkflowSpecReader {

  /** Keys whose value means nothing on one machine, each with the reason. */
  private static final Map<String, String> TOP_UNUSED =
      Map.ofEntries(
          Map.entry("user", "torc knows no owners"),
          Map.entry("project", "torc knows no projects"),
          Map.entry("metadata", "torc keeps none"),
          Map.entry("slurm_schedulers", "torc runs the jobs on this machine"),
          Map.entry("slurm_defaults", "torc runs the jobs on this machine"),
          Map.entry("resource_monitor", "torc measures every job by itself"),
          Map.entry("execution_config", "torc holds jobs to their resources by itself"),
          Map.entry("use_pending_failed", "a failed job runs again in the next build"),
          Map.entry("compute_node_expiration_buffer_seconds", "there are no compute nodes"),
          Map.entry("compute_node_wait_for_new_jobs_seconds", "there are no compute nodes"),
          Map.entry("compute_node_ignore_workflow_completion", "there are no compute nodes"),
          Map.entry("compute_node_wait_for_healthy_database_minutes", "there are no compute nodes"),
          Map.entry("compute_node_min_time_for_new_jobs_seconds", "there are no compute nodes"),
          Map.entry("jobs_sort_method", "torc orders by priority and the longest path"),
          Map.entry("datasets", "write the folder in needs and produces, as DIR/"),
          Map.entry("dynamic_jobs", "a group over {products: JOB} makes jobs of what a job found"),
          Map.entry("enable_ro_crate", "torc writes no RO-Crate"),
          Map.entry("access_groups", "torc knows no users"));

  private static final Map<String, String> JOB_UNUSED =
      Map.of(
          "scheduler", "torc runs the job on this machine",
          "supports_termination", "torc ends every job by TERM first",
          "label", "there is only this machine; tags are selectable",
          "stdio", "torc keeps one log per job",
          "input_datasets", "write the folder in needs, as DIR/",
          "output_datasets", "write the folder in produces, as DIR/");

  private final Notes notes;
  private final Map<String, String> variables = new HashMap<>();
  private Mapping shared;

  private WorkflowSpecReader(Notes notes) {
    this.notes = notes;
  }

  /** Reads the tree; what is wrong goes to the notes. */
  static WorkflowSpec read(Node node, Notes notes) {
    return new WorkflowSpecReader(notes).top(node);
  }

  private WorkflowSpec top(Node node) {
    if (!(node instanceof Mapping map)) {
      notes.refuse(node.place(), "no workflow: it must be a map with name and jobs");
      notes.throwIfAny();
      throw new IllegalStateException("not reached");
    }
    MapReader top = new MapReader(map, "a workflow", notes, variables);
    // Variables stand for themselves in every text, before anything else.
    top.map("variables").forEach((name, text) -> variables.put(name, text.text()));
    Node parameters = map.get("parameters");
    this.shared =
        parameters instanceof Mapping m ? m : new Mapping(map.place(), new LinkedHashMap<>());
    if (map.get("parameters_file") != null) {
      tableOf(map.get("parameters_file").place());
    }
    WorkflowSpec spec =
        new WorkflowSpec(
            top.text("name"),
            top.text("description"),
            top.map("env"),
            top.maps("jobs", "a job", this::job),
            top.maps("files", "a file", this::file),
            top.maps("user_data", "an entry of user_data", this::userData),
            top.maps("resource_requirements", "an entry of resource_requirements", this::classOf),
            top.maps("failure_handlers", "a failure handler", this::handler),
            top.maps("actions", "an action", this::action));
    top.required("name");
    top.required("jobs");
    top.known("parameters", "parameters_file");
    top.unused(TOP_UNUSED);
    top.rest();
    return spec;
  }

  private void tableOf(Place place) {
    notes.refuse(
        place,
        "parameters_file is not read by torc import; put the values into parameters, or write the"
            + " job by hand with table: FILE");
  }

  private Job job(MapReader job) {
    ParameterSweep sweep = sweep(job);
    if (sweep == null) {
      return null;
    }
    Node cancel = job.map.get("cancel_on_blocking_job_failure");
    if (cancel != null && !job.flag("cancel_on_blocking_job_failure", true)) {
      notes.say(
          cancel.place(),
          "cancel_on_blocking_job_failure: false is not carried: job %s does not run after a failed job"
              .formatted(sweep.name().text()));
    }
    Job read =
        new Job(
            sweep,
            job.needed("command"),
            job.text("invocation_script"),
            job.text("resource_requirements"),
            job.text("failure_handler"),
            job.text("priority"),
            job.map("env"),
            job.names("depends_on", "depends_on_regexes"),
            job.names("input_files", "input_file_regexes"),
            job.names("output_files", "output_file_regexes"),
            job.names("input_user_data", "input_user_data_regexes"),
            job.names("output_user_data", "output_user_data_regexes"));
    job.unused(JOB_UNUSED);
    job.rest();
    return read.command() == null ? null : read;
  }

  private WorkflowSpec.File file(MapReader file) {
    ParameterSweep sweep = sweep(file);
    PlacedText path = file.needed("path");
    file.unused(Map.of("identifier", "torc records no identifiers"));
    file.rest();
    return sweep == null || path == null ? null : new WorkflowSpec.File(sweep, path);
  }

  private ParameterSweep sweep(MapReader entries) {
    PlacedText name = entries.needed("name");
    List<SweepAxis> axes = axes(entries);
    PlacedText mode = entries.text("parameter_mode");
    if (entries.map.get("parameters_file") != null) {
      tableOf(entries.map.get("parameters_file").place());
    }
    entries.known("parameters_file", "use_parameters_file");
    if (mode != null && !Set.of("zip", "product").contains(mode.text())) {
      notes.refuse(mode.place(), "parameter_mode is product or zip, not " + mode.text());
    }
    if (name == null) {
      return null;
    }
    try {
      return ParameterSweep.of(name, axes, mode != null && mode.text().equals("zip"));
    } catch (IllegalArgumentException e) {
      notes.refuse(mode == null ? name.place() : mode.place(), e.getMessage());
      return null;
    }
  }

  /** The parameters of a job or file: its own, or the shared ones that it names. */
  private List<SweepAxis> axes(MapReader entries) {
    entries.known("parameters");
    List<PlacedText> used = entries.texts("use_parameters");
    Node own = entries.map.get("parameters");
    List<SweepAxis> axes = new ArrayList<>();
    if (own != null && !Node.isNothing(own)) {
      if (own instanceof Mapping map) {
        map.entries().forEach((name, entry) -> axis(name, entry, axes));
      } else {
        notes.refuse(own.place(), "parameters must be a map");
      }
      return axes;
    }
    for (PlacedText name : used) {
      Node.Entry entry = shared.entries().get(name.text());
      if (entry == null) {
        notes.say(
            name.place(), "the workflow has no parameter " + name.text() + ", so it is not used");
      } else {
        axis(name.text(), entry, axes);
      }
    }
    return axes;
  }

  private void axis(String name, Node.Entry entry, List<SweepAxis> into) {
    try {
      SweepAxis axis =
          switch (entry.value()) {
            case Node.Sequence list ->
                SweepAxis.list(
                    entry.place(),
                    name,
                    list.items().stream()
                        .map(item -> MapReader.scalar(item, name).text())
                        .toList());
            default ->
                SweepAxis.of(entry.place(), name, MapReader.scalar(entry.value(), name).text());
          };
      into.add(axis);
      if (axis.range().size() == 3
          && axis.values().size() == 1
          && !axis.range().get(0).equals(axis.range().get(1))) {
        notes.say(
            entry.place(),
            "the range of %s is one value, %s: what stands last is the step; if a number of values was meant, write them as a list"
                .formatted(name, axis.values().getFirst()));
      }
    } catch (IllegalArgumentException e) {
      notes.refuse(entry.value().place(), e.getMessage());
    }
  }

  private UserData userData(MapReader data) {
    PlacedText name = data.needed("name");
    Node value = data.map.get("data");
    boolean ephemeral = data.flag("is_ephemeral", false);
    data.known("data");
    data.rest();
    return name == null
        ? null
        : new UserData(name, value == null || Node.isNothing(value) ? null : value, ephemeral);
  }

  private ResourceClass classOf(MapReader entries) {
    ResourceClass read =
        new ResourceClass(
            entries.needed("name"),
            entries.text("num_cpus"),
            entries.text("memory"),
            entries.text("num_gpus"),
            entries.text("num_nodes"),
            entries.text("runtime"));
    entries.rest();
    return read.name() == null ? null : read;
  }

  private Handler handler(MapReader handler) {
    PlacedText name = handler.needed("name");
    List<Rule> rules = handler.maps("rules", "a rule", this::rule);
    handler.rest();
    return name == null ? null : new Handler(name, rules);
  }

  private Rule rule(MapReader rule) {
    PlacedText retries = rule.text("max_retries");
    int count = 3;
    if (retries != null) {
      if (!retries.text().matches("[0-9]{1,3}")) {
        notes.refuse(retries.place(), "max_retries must be a whole number, not " + retries.text());
      } else {
        count = Integer.parseInt(retries.text());
      }
    }
    Rule read =
        new Rule(
            rule.map.place(),
            rule.texts("exit_codes"),
            rule.flag("match_all_exit_codes", false),
            rule.text("recovery_script"),
            count);
    rule.rest();
    return read;
  }

  private Action action(MapReader action) {
    PlacedText trigger = action.needed("trigger_type");
    PlacedText type = action.needed("action_type");
    Names jobs = action.names("jobs", "job_name_regexes");
    List<PlacedText> commands = action.texts("commands");
    action.known(
        "scheduler",
        "scheduler_type",
        "num_allocations",
        "start_one_worker_per_node",
        "max_parallel_jobs",
        "persistent");
    action.rest();
    if (trigger == null || type == null) {
      return null;
    }
    if (!type.text().equals("run_commands")) {
      notes.say(
          action.map.place(),
          "the action " + type.text() + " is not carried: torc runs the jobs on this machine");
      return null;
    }
    return new Action(action.map.place(), trigger.text(), jobs, commands);
  }
}
