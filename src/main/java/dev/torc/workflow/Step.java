package dev.torc.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One process of a job, in source form. The runner starts it.
 *
 * @param dir the folder to run in, relative to the root ({@code "."} for the root itself)
 * @param env declared environment of workflow, job and task, laid over each other; an empty value
 *     means that the caller's own value counts
 * @param shell the words before the command text, such as {@code [sh, -e, -c]}
 * @param image what it runs in; null for the host
 */
public record Step(
    Command command,
    String dir,
    SortedMap<String, Optional<Template>> env,
    List<String> shell,
    Image image) {

  /** Returns all its texts: those of the command and of the environment. */
  public List<Template> templates() {
    if (env.isEmpty()) {
      return command.templates();
    }
    List<Template> all = new ArrayList<>(command.templates());
    env.values().forEach(value -> value.ifPresent(all::add));
    return all;
  }

  /**
   * A text for the shell, or a list of words executed without one. On the way of a start no {@code
   * switch} goes over its types: see development.md, laws.
   */
  public sealed interface Command {

    /** Returns the text, or the words. */
    List<Template> templates();

    /** Run as {@code shell... text}. */
    record Shell(Template text) implements Command {
      @Override
      public List<Template> templates() {
        return List.of(text);
      }
    }

    /** Executed as it stands; a word that is only a list placeholder becomes several words. */
    record Words(List<Template> words) implements Command {
      @Override
      public List<Template> templates() {
        return words;
      }
    }
  }

  /**
   * The image that a step runs in, and how its container is made. Which runtime makes it never
   * decides whether a job runs; neither does {@link #pull}.
   *
   * @param name as written; for a file its path, as needs have it
   * @param file the file of an image of apptainer's, which is a need by itself; null for an image
   *     that a registry has
   * @param runtime the program that is to run it, such as {@code podman}; null for whichever there
   *     is
   * @param wish whether the runtime is only a wish, as a task of a seed has it: another one will do
   * @param volumes what is mounted beside what torc mounts: {@code /from:/to} or {@code
   *     /from:/to:ro}
   * @param args options for the runtime's own command, as they are
   * @param pull when its image is fetched
   * @param images the folder in which apptainer keeps the files that it makes of fetched images,
   *     relative to the root or absolute
   */
  public record Image(
      String name,
      Ref.OfFile file,
      String runtime,
      boolean wish,
      List<String> volumes,
      List<String> args,
      Pull pull,
      String images) {

    /** When an image is fetched. */
    public enum Pull {
      /** If it is not here. */
      MISSING,
      /** Once in each build, before the first job that runs in it. */
      ALWAYS,
      /** Never: its jobs fail if it is not here. */
      NEVER
    }
  }
}
