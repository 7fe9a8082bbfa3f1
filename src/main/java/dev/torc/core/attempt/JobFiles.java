package dev.torc.core.attempt;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.PlainFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * The files of a job in {@code .torc}: those that an attempt reads, those that it writes for torc,
 * and its log. Their names are derived from the job's name, which may have any characters. {@link
 * JobEnvironment} and {@link LinesFile} know their contents.
 */
public final class JobFiles {

  static final String TMP = "TORC_TMP";

  private static final int LONGEST = 150;

  /** The longest need's name: with the job's name, a sign and an ending it fits in 255 bytes. */
  private static final int LONGEST_PART = 60;

  private final CachePlace place;
  private final String name;

  public JobFiles(CachePlace place, String job) {
    this.place = place;
    this.name = name(job);
  }

  public Path log() {
    return place.logs().resolve(name + ".log");
  }

  /** Adds a line that begins an attempt to the log, if there is a log; returns its end. */
  long markLog(int attempt) throws IOException {
    return OwnFile.exists(log()) ? log("--- torc: attempt " + attempt + " ---") : 0;
  }

  /** Adds a line to the log; returns the offset of the line's end. */
  public long log(String line) throws IOException {
    Path log = log();
    String before = OwnFile.exists(log) && !endsLine(log) ? "\n" : "";
    try (FileChannel out = OwnFile.outChannel(log)) {
      out.position(out.size());
      out.write(ByteBuffer.wrap((before + line + "\n").getBytes(StandardCharsets.UTF_8)));
      return out.size();
    }
  }

  private static boolean endsLine(Path log) throws IOException {
    try (FileChannel in = OwnFile.channel(log)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return in.size() == 0 || in.read(last, in.size() - 1) < 1 || last.get(0) == '\n';
    }
  }

  /** Returns a line about a full disk that keeps the log from growing; else an empty string. */
  String fullLog() {
    try (FileChannel log = OwnFile.outChannel(log())) {
      long end = log.size();
      log.write(ByteBuffer.allocate(1), end);
      log.truncate(end);
      return "";
    } catch (IOException e) {
      String why = Refusal.why(e);
      return why.endsWith(Refusal.FULL) ? why : "";
    }
  }

  /** Returns the file of {@code TORC_EVENTS}, to which the job writes events. */
  public Path events() {
    return inJobs(".events");
  }

  public LinesFile eventLines() {
    return new LinesFile("TORC_EVENTS", events());
  }

  public LinesFile output() {
    return new LinesFile("TORC_OUTPUT", inJobs(".output"));
  }

  /** Returns the file in which a job's script lists the modules that its node loaded. */
  public LinesFile modules() {
    return new LinesFile("the list of modules", inJobs(".modules"));
  }

  /** Returns the file that lists the needs named {@code item}, or all needs if it is empty. */
  Path needs(String item) {
    // a job's name has no "@" here: it would be encoded
    return inJobs(item.isEmpty() ? ".needs" : "@" + name(item, LONGEST_PART) + ".needs");
  }

  Path values() {
    return inJobs(".data.json");
  }

  /** Returns the file that lists the needed values by job. */
  Path rows() {
    return inJobs(".rows.json");
  }

  /** Returns the file in which the job's container writes its progress. */
  Path container() {
    return inJobs(".container");
  }

  /**
   * Returns the folder of {@code {tmp}} and {@code TORC_TMP}. A job has the same path in each
   * attempt, since many tools write their command line into their results.
   */
  public static Path tmp(CachePlace place, String job) {
    return place.jobs().resolve(name(job) + ".tmp");
  }

  /** Returns whether a job uses that folder. */
  public static boolean hasTmp(Job job) {
    for (Step step : job.runs().steps()) {
      for (Template text : step.templates()) {
        if (hasTmp(text)) {
          return true;
        }
      }
    }
    return job.runs().retry().recover() != null && hasTmp(job.runs().retry().recover());
  }

  private static boolean hasTmp(Template text) {
    return text.slot("tmp") != null || text.declared().contains(TMP);
  }

  private Path inJobs(String ending) {
    return place.jobs().resolve(name + ending);
  }

  /** Replaces one of these files, even another user's; returns its path as text. */
  String write(Path file, String text) throws IOException {
    place.ready(file);
    OwnFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    return file.toString();
  }

  /** Returns whether a job has its own list of needs; jobs without needs share an empty one. */
  static boolean lists(Job job) {
    return !job.links().needs().isEmpty();
  }

  /**
   * Removes the files of a successful attempt, except its log and events. If the attempt left a
   * background process, that process can no longer use them.
   */
  void remove(Job job, boolean values, boolean wrote) throws IOException {
    if (lists(job)) {
      PlainFile.delete(needs(""));
    }
    for (Item item : job.links().needs()) {
      if (item.isNamed()) {
        PlainFile.delete(needs(item.name()));
      }
    }
    if (values) {
      PlainFile.delete(values());
      PlainFile.delete(rows());
    }
    if (wrote) {
      PlainFile.delete(output().path());
    }
    if (job.runsInContainers()) {
      PlainFile.delete(container());
    }
  }

  /**
   * Returns a job's name as a file name: letters, digits and a few signs are kept, everything else
   * is %-encoded, and long names end in a digest. Different jobs have different names.
   */
  public static String name(String job) {
    return name(job, LONGEST);
  }

  private static String name(String job, int longest) {
    if (isPlain(job) && job.length() <= longest) {
      return job;
    }
    StringBuilder name = new StringBuilder();
    for (byte b : job.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain((char) b) || b == '.' && !name.isEmpty()) {
        name.append((char) b);
      } else {
        name.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    if (name.length() > longest) {
      name.setLength(longest);
      name.append('~').append(Digest.ofText(job).hex(), 0, 16);
    }
    String file = name.toString();
    return file.equals("hooks") ? "%68ooks" : file; // hooks.log is the log of the hooks
  }

  /** Returns whether a job's name can be a file name unchanged, as nearly all can. */
  private static boolean isPlain(String job) {
    for (int i = 0; i < job.length(); i++) {
      if (!isPlain(job.charAt(i)) && (i == 0 || job.charAt(i) != '.')) {
        return false;
      }
    }
    return !job.isEmpty() && !job.equals("hooks");
  }

  private static boolean isPlain(char c) {
    return c < 128 && Character.isLetterOrDigit(c) || "_-=,+".indexOf(c) >= 0;
  }
}
