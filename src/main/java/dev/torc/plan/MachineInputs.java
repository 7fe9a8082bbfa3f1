package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.StampSource;
import dev.torc.plan.Reason.Kind;
import dev.torc.workflow.Step;
import dev.torc.workflow.Step.Image;
import java.io.IOException;
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
  MachineInputs over(Path root, StampSource stamps) {
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

  /**
   * Which image a step runs in: the digest of its configuration counts, and its name is for people.
   *
   * @param name as written
   * @param identity the digest in hexadecimal digits; {@link ManifestWriter#MISSING} where it is
   *     not known, and for a needed file a word made from its path
   */
  record ImageIdentity(String name, String identity) {

    /** Begins an identity that is no digest. */
    private static final String PATH = "path:";

    private static final int SHOWN = 12;

    /**
     * Returns what the line of an earlier run tells of an image that is not here.
     *
     * @param line as {@link #toString} has it; null without such a run
     */
    static ImageIdentity recorded(String name, String line) {
      ImageIdentity before = line == null ? null : of(line);
      return new ImageIdentity(
          name,
          before != null && before.name.equals(name) ? before.identity : ManifestWriter.MISSING);
    }

    /** Returns an image with its digest, null where that is not known. */
    static ImageIdentity of(String name, Digest digest) {
      return new ImageIdentity(name, digest == null ? ManifestWriter.MISSING : digest.hex());
    }

    /**
     * Returns an image as it is here, null where it is not. An image that is a need counts by its
     * path: its contents count as that need.
     */
    static ImageIdentity here(Image image, MachineInputs machine, DigestMemo digests) {
      if (image.file() != null) {
        return new ImageIdentity(image.name(), PATH + Digest.ofText(image.name()).hex());
      }
      ImageSource.Here here = machine.image(image);
      if (here == null) {
        return null;
      }
      try {
        return of(image.name(), here.id() != null ? here.id() : digests.seen(here.file()).digest());
      } catch (IOException e) {
        return of(image.name(), null); // its job tells why when it runs
      }
    }

    static ImageIdentity of(String line) {
      int blank = line.lastIndexOf(' ');
      return blank < 0
          ? new ImageIdentity(line, line) // of a torc that ran no containers
          : new ImageIdentity(line.substring(0, blank), line.substring(blank + 1));
    }

    /** Returns the image for people, with as much of the digest as the runtimes show. */
    String shown() {
      return identity.length() > SHOWN && !identity.startsWith(PATH)
          ? name + " " + identity.substring(0, SHOWN)
          : name;
    }

    /** Returns the image as a line of a manifest has it. */
    @Override
    public String toString() {
      return name + " " + identity;
    }
  }
}
