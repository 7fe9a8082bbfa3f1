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
 * What manifests ask of the machine besides files: where programs are, which image a name means,
 * and the caller's variables. Each question can be written as a text, so that {@code fresh} can ask
 * it again.
 */
public final class MachineInputs {

  /** Begins a question about an image; no variable's name begins like this. */
  private static final String IMAGE = "\0image\0";

  /** Stands between an image's name and its pinned digest. */
  private static final String PINNED = "@sha256:";

  private final Map<String, String> caller;
  private final ToolSearch tools;
  private final ImageSource images;

  public MachineInputs(
      Path root, Map<String, String> caller, StampSource stamps, ImageSource images) {
    this.caller = caller;
    this.tools = new ToolSearch(root, caller, stamps);
    this.images = images;
  }

  /** Returns a copy that searches programs again, with stamps from another source. */
  MachineInputs with(Path root, StampSource stamps) {
    return new MachineInputs(root, caller, stamps, images);
  }

  public ToolSearch tools() {
    return tools;
  }

  /**
   * Returns the image that a name means; null if it is missing and its name has no digest. Whether
   * an image file exists is left to the need for it.
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

  /** Returns the images that a job cannot have, by {@link ImageSource#lack}. */
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

  Optional<String> variable(String name) {
    return Optional.ofNullable(caller.get(name));
  }

  /** Returns the complete question which image a name means, as a text for {@link #answer}. */
  public String question(Image image) {
    String runtime = image.runtime() == null ? "" : image.runtime();
    return IMAGE + image.name() + "\0" + runtime + "\0" + image.wish() + "\0" + image.images();
  }

  /**
   * Returns the present answer to a {@link #question}, one of {@link ToolSearch}, or a variable.
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

  /** Finds the images of this machine. An implementation looks once in a build. */
  public interface ImageSource {

    /** Returns the image with a name of a registry; null if it is missing. */
    Here of(Image image);

    /**
     * An image that is present.
     *
     * @param id the digest of its configuration; null for a file
     * @param file its path, relative to the root or absolute; null if a runtime has the image
     */
    record Here(Digest id, String file) {}

    /**
     * Returns why a step cannot have its image in this build; empty if it can, or if only fetching
     * it would show. If the job {@code waits} for others, these may make the image.
     */
    String lack(Image image, boolean waits);
  }
}
