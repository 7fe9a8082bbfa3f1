package dev.torc.importing;

import dev.torc.syntax.Node;
import dev.torc.syntax.Place;
import java.util.List;
import java.util.SequencedMap;

/**
 * A workflow file of NREL torc as read, without the keys that mean nothing to this torc. Texts are
 * as written. Where nothing stands, a list is empty and a single value is null.
 */
record WorkflowSpec(
    PlacedText name,
    PlacedText description,
    SequencedMap<String, PlacedText> env,
    List<Job> jobs,
    List<File> files,
    List<UserData> userData,
    List<ResourceClass> classes,
    List<Handler> handlers,
    List<Action> actions) {

  /** The names of something that a job refers to, and regular expressions over such names. */
  record Names(List<PlacedText> names, List<PlacedText> regexes) {}

  /** A job; with parameters it stands for many. */
  record Job(
      ParameterSweep sweep,
      PlacedText command,
      PlacedText script,
      PlacedText resources,
      PlacedText handler,
      PlacedText priority,
      SequencedMap<String, PlacedText> env,
      Names dependsOn,
      Names inputs,
      Names outputs,
      Names inputData,
      Names outputData) {

    String name() {
      return sweep.name().text();
    }
  }

  /** A file: a logical name and its path. */
  record File(ParameterSweep sweep, PlacedText path) {}

  /**
   * A value in the database.
   *
   * @param value null without one
   * @param ephemeral whether it is forgotten between runs, so that its job always runs
   */
  record UserData(PlacedText name, Node value, boolean ephemeral) {}

  /** A class of resources; amounts as written. */
  record ResourceClass(
      PlacedText name,
      PlacedText cpus,
      PlacedText memory,
      PlacedText gpus,
      PlacedText nodes,
      PlacedText runtime) {}

  /** What is done about failures. */
  record Handler(PlacedText name, List<Rule> rules) {}

  /**
   * One rule of a handler.
   *
   * @param codes exit codes it is for
   * @param all whether it is for all of them
   */
  record Rule(Place place, List<PlacedText> codes, boolean all, PlacedText script, int retries) {}

  /** Commands that are run when something happens. */
  record Action(Place place, String trigger, Names jobs, List<PlacedText> commands) {}
}
