package dev.torc.core.model;

import dev.torc.base.syntax.PlainWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One process of a job, as the build file describes it. The runner starts it.
 *
 * @param dir the working directory, relative to the root ({@code "."} for the root itself)
 * @param env the variables of workflow, job and task, overlaid; an empty value means the caller's
 * @param shell the words before the command text, such as {@link #BASH}
 * @param image null for the host
 */
public record Step(
    Command command,
    String dir,
    SortedMap<String, Optional<Template>> env,
    List<String> shell,
    Image image) {

  /** The shell of a command text, if nothing says otherwise. */
  public static final List<String> BASH = List.of("bash", "-e", "-o", "pipefail", "-c");

  /** The same in an image, which may lack bash, and in files as PROMINENCE has them. */
  public static final List<String> SH = List.of("sh", "-e", "-c");

  /** Returns the texts of the command and of the environment. */
  public List<Template> templates() {
    if (env.isEmpty()) {
      return command.templates();
    }
    List<Template> all = new ArrayList<>(command.templates());
    env.values().forEach(value -> value.ifPresent(all::add));
    return all;
  }

  /**
   * Returns whether the command means something else in another shell. Values in it are quoted, so
   * plain words mean the same in each.
   */
  public boolean needsShell() {
    if (!(command instanceof Command.Shell written)) {
      return false;
    }
    StringBuilder text = new StringBuilder();
    for (Template.Part part : written.text.parts()) {
      text.append(part instanceof Template.Part.Text plain ? plain.text() : "x");
    }
    return PlainWords.of(shell, text.toString(), _ -> false).isEmpty();
  }

  /** Startup code must not {@code switch} over its types: see development.md, laws. */
  public sealed interface Command {

    List<Template> templates();

    record Shell(Template text) implements Command {
      @Override
      public List<Template> templates() {
        return List.of(text);
      }
    }

    /** Runs without a shell; a word that is only a list placeholder becomes several words. */
    record Words(List<Template> words) implements Command {
      @Override
      public List<Template> templates() {
        return words;
      }
    }
  }

  /**
   * The image that a step runs in. Neither the runtime nor the pull decides whether a job runs.
   *
   * @param file an apptainer image, which is also a need; null for an image of a registry
   * @param runtime such as {@code podman}; null for any
   * @param wish whether another runtime may be used instead, as for a task of a seed
   * @param images the folder in which apptainer stores the files that it builds from fetched images
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

    public enum Pull {
      MISSING,
      ALWAYS,
      NEVER
    }
  }
}
