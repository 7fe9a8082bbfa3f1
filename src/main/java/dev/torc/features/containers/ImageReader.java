package dev.torc.features.containers;

import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step.Image;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import java.util.List;

/**
 * Reads {@code image} and {@code container} of a job, laid over those of the build file. {@link
 * StepReader} reads what runs in the image.
 *
 * @param top the top level of the build file
 * @param containers false to run everything on the host; images are then read but ignored
 */
public record ImageReader(Node.Mapping top, Paths paths, Problems problems, boolean containers) {

  /** A {@code container}. */
  public static final List<String> CONTAINER =
      List.of("runtime", "volumes", "args", "pull", "images");

  private static final String FILE = ".sif";

  /** The prefix that Snakemake and apptainer put before the name of an image in a registry. */
  private static final String REGISTRY = "docker://";

  /** The name that cancels an image of {@code defaults}. */
  private static final String HOST = "host";

  /** The default folder for the image files that apptainer creates from fetched images. */
  private static final String IMAGES = ".torc/images";

  private static final List<String> RUNTIMES =
      List.of("podman", "docker", "apptainer", "singularity");

  /** Runtimes that a job may prefer though torc cannot use them. */
  private static final List<String> OTHERS = List.of("udocker", "charliecloud");

  /**
   * The image of a job or task. {@code name} is null if there is none; {@code file} is null unless
   * the image is a file; {@code wish} is the preferred runtime, or null.
   */
  public record Choice(String name, Ref.OfFile file, String wish) {
    public static final Choice NOTHING = new Choice(null, null, null);
  }

  /** Returns the image of a job or task. What it does not name is taken from {@code around}. */
  public Choice choice(MapFields fields, Choice around) {
    String wish = fields.read("runtime", around.wish, node -> wish(fields.scope().text(node)));
    return fields.read(
        "image",
        new Choice(around.name, around.file, wish),
        node -> named(fields.scope().text(node), node.place(), wish));
  }

  private Choice named(String text, Place place, String wish) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the image has no name; image: host runs on the host");
    }
    if (text.equals(HOST)) {
      return new Choice(null, null, wish);
    }
    if (text.endsWith(FILE) && !text.contains("://")) {
      Paths.refuseForeign(text, place);
      String path = paths.normalize(text);
      return new Choice(path, new Ref.OfFile(place, path), wish);
    }
    return new Choice(
        text.startsWith(REGISTRY) ? text.substring(REGISTRY.length()) : text, null, wish);
  }

  /**
   * Returns the {@code container} of a job laid over that of the build file, for all images of the
   * job; null if the job has no {@code container}, {@code image} or {@code tasks}.
   */
  public Image settings(MapFields job) {
    Node tasks = job.map().get("tasks");
    return job.map().get("container") == null && job.map().get("image") == null && tasks == null
        ? null
        : container(job);
  }

  /**
   * Reads the build file's {@code container}, so that its errors are reported even if no job uses
   * it.
   */
  public void check(Scope scope) {
    container(MapFields.of(null, "", scope, problems));
  }

  private Image container(MapFields job) {
    Node.Mapping shared = MapFields.map(top.get("container"), "container", problems);
    Node.Mapping own = MapFields.map(job.map().get("container"), "container", problems);
    MapFields fields =
        new MapFields(shared.with(own), job.scope(), problems).only(CONTAINER, "container");
    String runtime = fields.read("runtime", null, node -> runtime(job.scope().text(node)));
    List<String> volumes = fields.texts("volumes");
    for (String volume : volumes) {
      if (!volume.matches("/[^:]*:/[^:]*(:ro)?")) {
        problems.add(
            fields.map().get("volumes").place(),
            "volume " + volume + ": write /from:/to, or /from:/to:ro to read only");
      }
    }
    Image.Pull pull =
        fields.read(
            "pull",
            Image.Pull.MISSING,
            node -> MapFields.constant("pull", job.scope().text(node), Image.Pull.values()));
    String images =
        fields.read("images", IMAGES, node -> paths.normalize(job.scope().literalPath(node)));
    return new Image("", null, runtime, false, volumes, fields.texts("args"), pull, images);
  }

  /** Returns the named image with the settings; null to run on the host. */
  public Image image(Choice choice, Image settings) {
    return choice.name == null || !containers
        ? null
        : new Image(
            choice.name,
            choice.file,
            settings.runtime() == null ? choice.wish : settings.runtime(),
            settings.runtime() == null && choice.wish != null,
            settings.volumes(),
            settings.args(),
            settings.pull(),
            settings.images());
  }

  private static String wish(String text) {
    return OTHERS.contains(text) ? text : runtime(text);
  }

  private static String runtime(String text) {
    if (!RUNTIMES.contains(text)) {
      String hint = NearestName.hint(text, RUNTIMES, "; known are ");
      String limit = text.matches("[0-9].*") ? "; a time limit is resources: {runtime: 10m}" : "";
      throw new IllegalArgumentException(text + " runs no containers" + hint + limit);
    }
    return text.equals("singularity") ? "apptainer" : text;
  }
}
