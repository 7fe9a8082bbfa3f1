package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.hash.StampSource;
import dev.torc.workflow.Image;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What manifests ask of the machine beside files: where programs are found, which image a name
 * means, what the caller's variables hold. Each question has a text of its own, so that {@code
 * rest} can ask it again.
 */
public final class Surroundings {

  /** Begins a question about an image: no name of a variable does. */
  private static final String IMAGE = "\0image\0";

  private final Map<String, String> caller;
  private final ToolSearch tools;
  private final ImageSource images;

  /**
   * Nothing was asked yet.
   *
   * @param caller the caller's environment
   * @param images null where steps with an image run on the host
   */
  public Surroundings(
      Path root, Map<String, String> caller, StampSource stamps, ImageSource images) {
    this.caller = caller;
    this.tools = new ToolSearch(root, caller, stamps);
    this.images = images;
  }

  /** The same with programs searched anew, with stamps of another source. */
  Surroundings over(Path root, StampSource stamps) {
    return new Surroundings(root, caller, stamps, images);
  }

  /** Whether steps with an image run in it. */
  public boolean hasContainers() {
    return images != null;
  }

  /** Where programs are found. */
  public ToolSearch tools() {
    return tools;
  }

  /** The digest of an image's configuration; null where it is not here. */
  public Digest image(Image image) {
    return images == null ? null : images.of(image);
  }

  /** Why a step cannot have its image; see {@link ImageSource#lack}. */
  public String lack(Image image, boolean waits) {
    return images == null ? "" : images.lack(image, waits);
  }

  /** The caller's value of a variable; empty where it is not set. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(caller.get(name));
  }

  /** The question which image a name means, as a text that tells all of it. */
  public String question(Image image) {
    String runtime = image.runtime() == null ? "" : image.runtime();
    return IMAGE + image.name() + "\0" + runtime + "\0" + image.wish();
  }

  /**
   * What a question leads to now: one of {@link #question}, one of {@link ToolSearch#question}, or
   * the name of a variable.
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
    Digest here =
        image(new Image(parts[0], runtime, wish, List.of(), List.of(), Image.Pull.MISSING));
    return here == null ? Optional.empty() : Optional.of(here.hex());
  }
}
