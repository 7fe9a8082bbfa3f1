package dev.torc.workflow;

import java.util.List;
import java.util.Locale;

/**
 * The image that a step runs in, and how its container is made. Which runtime makes it never
 * decides whether a job runs; neither does {@link #pull}.
 *
 * @param name as written; of a file its path, as needs have it
 * @param file where the image is a file of apptainer's, which is a need by itself; null for one
 *     that a registry has
 * @param runtime the program that is to run it, such as {@code podman}; null for whichever there is
 * @param wish whether the runtime is only a wish, as a task of a seed has it: another one will do
 * @param volumes what is mounted beside what torc mounts: {@code /from:/to} or {@code /from:/to:ro}
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
    /** Where it is not here. */
    MISSING,
    /** Once in each build, before the first job that runs in it. */
    ALWAYS,
    /** Never: its jobs fail where it is not here. */
    NEVER;

    /** The word for it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
