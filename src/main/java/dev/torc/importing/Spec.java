package dev.torc.importing;

import dev.torc.workflow.Node;
import dev.torc.workflow.Place;
import java.util.List;
import java.util.SequencedMap;

/**
 * A workflow file of NREL torc as read: what of it can mean something to this torc. Texts are as
 * written, lists empty where nothing stands; a single value is null where nothing stands.
 */
record Spec(
    Text name,
    Text description,
    SequencedMap<String, Text> env,
    List<Job> jobs,
    List<File> files,
    List<UserData> userData,
    List<ResourceClass> classes,
    List<Handler> handlers,
    List<Action> actions) {

  /** The names of something that a job refers to, and regular expressions over such names. */
  record Names(List<Text> names, List<Text> regexes) {}

  /** A job; with parameters it stands for many. */
  record Job(
      Family family,
      Text command,
      Text script,
      Text resources,
      Text handler,
      Text priority,
      SequencedMap<String, Text> env,
      Names dependsOn,
      Names inputs,
      Names outputs,
      Names inputData,
      Names outputData) {

    String name() {
      return family.name().text();
    }
  }

  /** A file: a logical name and its path. */
  record File(Family family, Text path) {}

  /**
   * A value in the database.
   *
   * @param value null without one
   * @param ephemeral whether it is forgotten between runs, so that its job always runs
   */
  record UserData(Text name, Node value, boolean ephemeral) {}

  /** A class of resources; amounts as written. */
  record ResourceClass(Text name, Text cpus, Text memory, Text gpus, Text nodes, Text runtime) {}

  /** What is done about failures. */
  record Handler(Text name, List<Rule> rules) {}

  /**
   * One rule of a handler.
   *
   * @param codes exit codes it is for
   * @param all whether it is for all of them
   */
  record Rule(Place place, List<Text> codes, boolean all, Text script, int retries) {}

  /** Commands that are run when something happens. */
  record Action(Place place, String trigger, Names jobs, List<Text> commands) {}
}
