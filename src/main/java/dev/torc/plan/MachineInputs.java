package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.StampSource;
import dev.torc.plan.Reason.Kind;
import dev.torc.workflow.Step;
import dev.torc.workflow.Step.Image;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What manifests ask of the machine beside files: where programs are found, which image a name
 * means, what the caller's variables hold. Each question has a text of its own, so that {@code
 * rest} can ask it again.
 */
public final class MachineInputs {

  /** Begins a question about an image; no name of a variable begins so. */
  private static final String IMAGE = "\0image\0";

  /** Stands between the name of an image and the digest that it is fetched by. */
  private static final String PINNED = "@sha256:";

  private final Map<String, String> caller;
  private final ToolSearch tools;
  private final ImageSource images;

  /**
   * Begins with no question asked.
   *
   * @param caller the caller's environment
   * @param images tells which image a name means
   */
  public MachineInputs(
      Path root, Map<String, String> caller, StampSource stamps, ImageSource images) {
    this.caller = caller;
    this.tools = new ToolSearch(root, caller, stamps);
    this.images = images;
  }

  /** Returns a copy that searches programs anew, with stamps of another source. */
  MachineInputs with(Path root, StampSource stamps) {
    return new MachineInputs(root, caller, stamps, images);
  }

  /** Returns where programs are found. */
  public ToolSearch tools() {
    return tools;
  }

  /**
   * Returns the image that a name means; null where it is not here, and its name has no digest.
   * Where the image is a file, the need for it tells whether the file is there.
   */
  public ImageSource.Here image(Image image) {
    if (image.file() != null) {
      return new ImageSource.Here(null, image.name());
    }
    Digest pinned = pinned(image.name());
    return pinned != null ? new ImageSource.Here(pinned, null) : images.of(image);
  }

  /** Returns the digest that is a part of a name; null where there is none. */
  private static Digest pinned(String name) {
    int at = name.lastIndexOf(PINNED);
    String hex = at < 0 ? "" : name.substring(at + PINNED.length());
    return hex.matches("[0-9a-f]{64}") ? Digest.ofHex(hex) : null;
  }

  /** Returns the images that a job cannot have, as {@link ImageSource#lack} says. */
  public List<Reason> lacking(Graph graph, int job) {
    List<Reason> lacking = new ArrayList<>(0);
    for (Step step : graph.job(job).runs().steps()) {
      if (step.image() != null) {
        String why = images.lack(step.image(), graph.before().row(job).length > 0);
        if (!why.isEmpty()) {
          lacking.add(new Reason(Kind.IMAGE_UNAVAILABLE, step.image().name(), "", why));
        }
      }
    }
    return lacking;
  }

  /** Returns the caller's value of a variable; empty where it is not set. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(caller.get(name));
  }

  /** Returns the question which image a name means, as a text that tells all of it. */
  public String question(Image image) {
    String runtime = image.runtime() == null ? "" : image.runtime();
    return IMAGE + image.name() + "\0" + runtime + "\0" + image.wish() + "\0" + image.images();
  }

  /**
   * Returns the present answer to a question: one of {@link #question}, one of {@link
   * ToolSearch#question}, or the name of a variable.
   */
  public Optional<String> answer(String question) {
    if (question.startsWith(ToolSearch.QUESTION)) {
      return tools.answer(question);
    }
    if (!question.startsWith(IMAGE)) {
      return variable(question);
    }
    String[] parts = question.substring(IMAGE.length()).split("\0", -1);
    String runtime = parts[1].isEmpty() ? null : parts[1];
    boolean wish = Boolean.parseBoolean(parts[2]);
    Image asked =
        new Image(
            parts[0], null, runtime, wish, List.of(), List.of(), Image.Pull.MISSING, parts[3]);
    ImageSource.Here here = image(asked);
    if (here == null) {
      return Optional.empty();
    }
    return Optional.of(here.id() == null ? here.file() : here.id().hex());
  }

  /** Tells which image a name means on this machine. It is found out elsewhere, once in a build. */
  public interface ImageSource {

    /** Returns the image of a registry's name; null where it is not here. */
    Here of(Image image);

    /**
     * An image that is here: one of the two is null.
     *
     * @param id the digest of its configuration, where a runtime keeps it
     * @param file the path of its file, relative to the root or absolute: its contents count
     */
    record Here(Digest id, String file) {}

    /**
     * Returns why a step cannot have its image in this build, as far as a look tells; empty where
     * it can, or where only fetching it would show.
     *
     * @param waits whether the job waits for others: one of them may make the image
     */
    String lack(Image image, boolean waits);
  }
}
