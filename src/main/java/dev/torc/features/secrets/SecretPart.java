package dev.torc.features.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.Mask;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives a job its secrets, and masks them in whatever it writes for torc. The job writes its output
 * to a file of its own, from which this part copies it to the log, masked: about once a second, and
 * at the end. A job of an executor is copied at its end, since a later torc may see that end. Then
 * the part masks the files of {@code TORC_OUTPUT} and {@code TORC_EVENTS}, before any other part
 * reads them, and what the record says of a failure. Products belong to the user and stay as they
 * are. What the records say otherwise, and names of files, {@link dev.torc.base.syntax.Hidden}
 * masks when it is shown.
 */
public final class SecretPart implements AttemptPart {

  private static final int PIECE = 64 << 10;

  private final AttemptContext common;
  private final Job job;
  private final boolean here;
  private final SecretValues values;
  private final Set<String> told;
  private final JobFiles files;
  private final Path raw;
  private Mask mask;
  private long copied; // bytes of the job's own file
  private boolean copies; // whether the file is growing here

  /**
   * Creates the part of an attempt.
   *
   * @param here whether the attempt runs on this machine
   * @param told the names that a warning of this build has named
   */
  public SecretPart(
      AttemptContext common, Job job, boolean here, Map<String, String> caller, Set<String> told) {
    this.common = common;
    this.job = job;
    this.here = here;
    this.told = told;
    this.values = new SecretValues(job, caller, common.graph().workflow().root());
    this.files = common.launches().files(job.name());
    this.raw = common.launches().place().jobs().resolve(files.log().getFileName() + ".raw");
  }

  @Override
  public boolean surrounds() {
    return true;
  }

  @Override
  public void prepare(NeedSnapshot snapshot) {
    String lack = values.lack();
    if (lack != null) {
      throw new AttemptFailure(lack);
    }
    for (String name : values.all().keySet()) {
      if (Mask.isShort(values.all().get(name)) && told.add(name)) {
        String line = "%s has fewer than %d characters, so torc does not mask it";
        common.removal().note().accept(line.formatted(name, Mask.SHORTEST));
      }
    }
    mask = new Mask(values.all().values());
    if (job.slot(SecretValues.COUNTS) != null) {
      try {
        common.launches().place().makeId(); // before the manifest is described
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) throws IOException {
    List<Launch.Step> steps = new ArrayList<>();
    List<Step> declared = job.runs().steps();
    int recovering = launch.steps().size() - declared.size();
    for (Launch.Step each : launch.steps()) {
      Step step = declared.get(Math.max(0, steps.size() - recovering));
      Map<String, String> secrets = values.of(step.env());
      steps.add(new Launch.Step(each.argv(), each.dir(), each.env(), each.container(), secrets));
    }
    makePrivate(files.output().path(), true); // before the job's shell makes it for all to read
    makePrivate(files.events(), true);
    Launch.Output output = launch.output();
    if (!output.interactive()) {
      makePrivate(files.log(), !output.append());
      makePrivate(raw, true);
      output = new Launch.Output(raw, true, false);
    }
    synchronized (this) {
      copies = !output.interactive() && here;
    }
    return launch.running(steps, output);
  }

  /** Makes sure that a file exists and that only its owner can read it. */
  private static void makePrivate(Path file, boolean anew) throws IOException {
    if (anew) {
      OwnFile.remove(file);
    }
    OwnFile.prepare(file);
    Set<PosixFilePermission> own = PosixFilePermissions.fromString("rw-------");
    if (OwnFile.exists(file)) {
      Files.setPosixFilePermissions(file, own);
    } else {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(own));
    }
  }

  @Override
  public String shown(String what) {
    return mask == null ? what : new String(mask.all(what.getBytes(UTF_8)), UTF_8);
  }

  /** Refuses what a job wrote for an earlier torc if its secrets are not known now. */
  @Override
  public void resume(ProcessEnd ended) {
    prepare(null);
  }

  @Override
  public synchronized void tick() {
    if (copies) {
      try {
        copy(false);
      } catch (IOException e) {
        return; // the end of the job tries again, and reports it
      }
    }
  }

  @Override
  public synchronized void end(NeedSnapshot snapshot) {
    copies = false;
    try {
      if (OwnFile.exists(raw)) {
        copy(true);
        OwnFile.remove(raw);
      }
      mask(files.output().path());
      mask(files.events());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies what the job has written since the last copy. */
  private void copy(boolean last) throws IOException {
    try (InputStream in = OwnFile.in(raw);
        OutputStream out = OwnFile.out(files.log(), StandardOpenOption.APPEND)) {
      in.skipNBytes(copied);
      byte[] piece = new byte[PIECE];
      int length;
      while ((length = in.read(piece)) > 0) {
        copied += length;
        out.write(mask.masked(piece, length, false));
      }
      if (last) {
        out.write(mask.masked(piece, 0, true));
      }
    }
  }

  private void mask(Path file) throws IOException {
    if (OwnFile.exists(file)) {
      byte[] written = OwnFile.read(file);
      byte[] masked = mask.all(written);
      if (masked.length != written.length) { // three stars are shorter than any secret
        OwnFile.write(file, masked);
      } else if (written.length == 0) {
        OwnFile.remove(file);
      }
    }
  }
}
