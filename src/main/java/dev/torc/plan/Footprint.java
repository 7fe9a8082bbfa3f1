package dev.torc.plan;

import dev.torc.workflow.Job.Tool;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Step.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The inputs that a job's manifest depends on, beside the build file: all that the manifest asks
 * for while it is described. It is the third reader of the one account of inputs, beside the digest
 * and the lines of {@code why}: from it {@code rest} knows what the next build has to look at. A
 * new kind of input is a method of {@link InputSource}, and has to be answered here too.
 *
 * @param files needed files, with those that a depfile named; each as often as it was asked for
 * @param lists needed globs, folders and jobs, by number
 * @param tools programs: where each is found, and what it contains
 * @param images images: which one a name means
 * @param variables variables whose values are the caller's
 */
public record Footprint(
    List<String> files,
    List<Integer> lists,
    List<Tool> tools,
    List<Image> images,
    Set<String> variables)
    implements InputSource, ManifestWriter {

  private static final Content ANY = new Content.Missing();

  Footprint() {
    this(
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new TreeSet<>());
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
  public boolean reordered(int list) {
    return false;
  }

  @Override
  public LeftOut leftOut(int list) {
    return null;
  }

  @Override
  public Content ofTool(Tool tool) {
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

  /** Returns no content: a value is part of the result of its job, which this one waits for. */
  @Override
  public Content ofData(Ref.OfData value) {
    return ANY;
  }

  @Override
  public Optional<String> ofVariable(String name) {
    variables.add(name);
    return Optional.empty();
  }

  /** Notes nothing: what the build file alone says is the same as long as the graph is. */
  @Override
  public void text(LineKind line, String name, String shown, String counts) {}

  @Override
  public void content(LineKind line, String shown, String counts, Content content) {}
}
