package dev.torc.core.manifest;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.StampSource;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step.Image;
import dev.torc.core.model.Step.Image.Pull;
import dev.torc.core.model.Surroundings;
import dev.torc.core.model.Template;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The inputs of manifests that come from the machine, besides files: where programs are, which
 * image a name means, and the caller's variables. Each question can be written as a text, so that
 * {@code fresh} can ask it again in the next build.
 */
public final class MachineInputs {

  /** The start of a question about an image; no variable's name starts like this. */
  private static final String IMAGE = "\0image\0";

  /** The start of a question about what an environment loads. */
  private static final String LOADED = "\0loaded\0";

  /** The text between an image's name and its pinned digest. */
  private static final String PINNED = "@sha256:";

  private final Map<String, String> caller;
  private final ToolSearch tools;
  private final ImageSource images;
  private final Map<Digest, ImageSource.Effects> entered = new ConcurrentHashMap<>(0);
  private final Set<Digest> remade = ConcurrentHashMap.newKeySet(0);

  public MachineInputs(
      Path root, Map<String, String> caller, StampSource stamps, ImageSource images) {
    this.caller = caller;
    this.tools = new ToolSearch(root, caller, stamps);
    this.images = images;
  }

  /** Returns a copy that searches for programs again and takes stamps from {@code stamps}. */
  public MachineInputs with(Path root, StampSource stamps) {
    return new MachineInputs(root, caller, stamps, images);
  }

  public ToolSearch tools() {
    return tools;
  }

  /**
   * Returns the image that a name means; null if it is missing and the name has no digest. For an
   * image file this does not check that the file exists, since the file is a need.
   */
  public ImageSource.Here image(Image image) {
    if (image.file() != null) {
      return new ImageSource.Here(null, image.name());
    }
    Digest pinned = pinned(image.name());
    return pinned != null ? new ImageSource.Here(pinned, null) : images.of(image);
  }

  /** Returns the digest in an image's name; null if it has none. */
  private static Digest pinned(String name) {
    int at = name.lastIndexOf(PINNED);
    String hex = at < 0 ? "" : name.substring(at + PINNED.length());
    return hex.matches("[0-9a-f]{64}") ? Digest.ofHex(hex) : null;
  }

  /** Returns what only features know. */
  public ImageSource images() {
    return images;
  }

  public Optional<String> variable(String name) {
    boolean hidden = name.startsWith("{") && !GivenArguments.isOf(name);
    return Optional.ofNullable(hidden ? images.hidden(name) : caller.get(name));
  }

  /** Returns what the surroundings of a job do; see {@link ImageSource#effects}. */
  public ImageSource.Effects effects(Job job, Digest surroundings) {
    return entered.computeIfAbsent(surroundings, _ -> images.effects(job, surroundings));
  }

  /** Notes that this build made an environment, so that what it does is looked up again. */
  public void remade(Digest environment) {
    remade.add(environment);
    entered.remove(environment);
  }

  /** Returns what this build loaded into an environment; null if it did not. */
  public List<String> loadedNow(Job job, Digest environment) {
    return remade.contains(environment) ? effects(job, environment).loaded() : null;
  }

  /** Returns the question "what does this environment load?" as a text for {@link #answer}. */
  public String question(Surroundings in) {
    return LOADED + in.entry();
  }

  /** Returns the question "which image does this name mean?" as a text for {@link #answer}. */
  public String question(Image image) {
    String runtime = image.runtime() == null ? "" : image.runtime();
    return IMAGE + image.name() + "\0" + runtime + "\0" + image.wish() + "\0" + image.images();
  }

  /** Returns the answer to a {@link #question}, to one of {@link ToolSearch}, or a variable. */
  public Optional<String> answer(String question) {
    if (question.startsWith(ToolSearch.QUESTION)) {
      return tools.answer(question);
    }
    if (question.startsWith(LOADED)) {
      ImageSource.Loaded now = images.loaded(question.substring(LOADED.length()), null);
      return now.why().isEmpty() ? Optional.of(String.join(" ", now.names())) : Optional.empty();
    }
    if (!question.startsWith(IMAGE)) {
      return variable(question);
    }
    String[] is = question.substring(IMAGE.length()).split("\0", -1);
    String runtime = is[1].isEmpty() ? null : is[1];
    boolean wish = Boolean.parseBoolean(is[2]);
    ImageSource.Here here =
        image(new Image(is[0], null, runtime, wish, List.of(), List.of(), Pull.MISSING, is[3]));
    return Optional.ofNullable(here).map(it -> it.id() == null ? it.file() : it.id().hex());
  }

  /**
   * Finds the images of this machine, once in a build, what stands for hidden values, and what
   * surroundings do: all are known to features only.
   */
  public interface ImageSource {

    /** Returns the image with a name in a registry; null if this machine does not have it. */
    Here of(Image image);

    /** Returns what stands for a {@link Template#hidden} slot; null if its value does not count. */
    default String hidden(String slot) {
      return null;
    }

    /** Returns what the surroundings of a job do; null until they are made. */
    default Effects effects(Job job, Digest surroundings) {
      return null;
    }

    /**
     * What surroundings do.
     *
     * @param variables those that it sets or unsets, with their values; {@code PATH} has the
     *     folders that are put before the caller's
     * @param loaded full names of modules; null if it is made, not loaded
     */
    record Effects(Map<String, String> variables, List<String> loaded) {}

    /** Returns whether an environment with this entry is loaded from the machine, not made. */
    default boolean loads(String entry) {
      return false;
    }

    /**
     * Returns what an environment with this entry loads. If {@code known}, which it loaded the last
     * time, may have changed since, or is null, this asks the machine, once.
     */
    default Loaded loaded(String entry, List<String> known) {
      return null;
    }

    /**
     * The modules of an environment, by their full names.
     *
     * @param asked whether the next build has to ask again
     * @param why the machine's error in place of an answer; empty after an answer
     */
    record Loaded(List<String> names, boolean asked, String why) {}

    /**
     * An image that this machine has.
     *
     * @param id the digest of its configuration; null for a file
     * @param file its path, relative to the root or absolute; null if a container runtime has the
     *     image
     */
    record Here(Digest id, String file) {}

    /**
     * Returns why a step cannot have its image in this build; empty if the step can, or if only a
     * download would show. Jobs that this job {@code waits} for may make the image.
     */
    String lack(Image image, boolean waits);
  }
}
