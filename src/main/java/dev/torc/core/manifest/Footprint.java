package dev.torc.core.manifest;

import dev.torc.core.manifest.MachineInputs.ImageSource.Loaded;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The inputs of a job's manifest besides the build file: the files that the next build has to look
 * at. It holds no contents. It records what {@link Manifest} asks for, so it always covers the
 * inputs of the digest.
 *
 * @param files needed and found files, possibly with duplicates
 * @param lists needed globs, folders and jobs, by number
 * @param images images that the machine resolves by name
 * @param variables variables whose value is the caller's
 * @param entering the job itself if it runs in an environment
 */
public record Footprint(
    List<String> files,
    List<Integer> lists,
    List<Tool> tools,
    List<Image> images,
    Set<String> variables,
    List<Job> entering)
    implements InputSource, ManifestWriter {

  private static final Content ANY = new Content.Missing();

  public Footprint() {
    this(
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new TreeSet<>(),
        new ArrayList<>(0));
  }

  @Override
  public Content of(String path) {
    files.add(path);
    return ANY;
  }

  @Override
  public Content ofList(int list) {
    lists.add(list);
    return ANY;
  }

  @Override
  public Loaded ofLoaded(Job job) {
    entering.add(job);
    return null;
  }

  @Override
  public Content ofTool(Job job, Tool tool) {
    tools.add(tool);
    variables.addAll(tool.variables());
    return ANY;
  }

  @Override
  public ImageIdentity ofImage(int job, String step, Image image) {
    if (image.file() == null) {
      images.add(image);
    }
    return new ImageIdentity(image.name(), ManifestWriter.MISSING);
  }

  /** Records nothing: the value belongs to a job's result, and the reader waits for that job. */
  @Override
  public Content ofData(Ref.OfData value) {
    return ANY;
  }

  @Override
  public Content ofKey(int job, String path, String key) {
    return of(path);
  }

  @Override
  public Optional<String> ofVariable(String name) {
    variables.add(name);
    return Optional.empty();
  }

  /** Records nothing: texts come from the build file. */
  @Override
  public void text(LineKind line, String name, String shown, String counts) {}

  @Override
  public void content(LineKind line, String shown, String counts, Content content) {}
}
