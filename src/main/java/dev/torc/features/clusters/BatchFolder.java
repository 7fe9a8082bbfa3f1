package dev.torc.features.clusters;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.GroupAccess;
import dev.torc.base.posix.InputFile;
import dev.torc.base.posix.Memory;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.here.ProcessEnd;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The folder of one batch script, by its absolute path on the shared file system. It has the files
 * that the script writes about its jobs, and claims. A claim is a folder that lets only one process
 * start a job; in this class, jobs are named by their claims. Only the scheduler knows whether the
 * script still runs.
 */
public record BatchFolder(Path path) {

  /** The files about a job. A name is the job's claim, a dot and the constant in lower case. */
  public enum Word {
    CLAIM, // a folder: a script or a torc owns the job, forever
    /** A folder with old files from the places of the job's products. */
    ASIDE,
    BEGUN, // product places are clear; the job's processes start
    LATER, // not begun, but left for another submission; unclaimed
    /** A torc told the scheduler to end the job, so any result is useless. */
    UNWANTED,
    MADE, // a list of the files of the job's products at its end
    STATUS;

    private final String ending = "." + name().toLowerCase(Locale.ROOT);
  }

  private static final String GONE = ".gone";
  private static final byte[] INTERRUPTED = {'I', 'N', 'T', '\n'};

  public Path script() {
    return path.resolve("script");
  }

  /**
   * Writes the script atomically, executable for all users that the umask allows. The system
   * refuses to start it while a local job that began at this moment has it open.
   */
  public void writeScript(byte[] text) throws IOException {
    Set<PosixFilePermission> all = EnumSet.allOf(PosixFilePermission.class);
    put(script(), text, true, PosixFilePermissions.asFileAttribute(all));
    try (InputFile written = InputFile.open(script().toString(), true, Memory.of(1 << 13))) {
      written.awaitClosed();
    }
  }

  /** Returns the batch's record, written before the batch is submitted; see {@link RemoteBatch}. */
  Path record() {
    return path.resolve("jobs");
  }

  void writeRecord(String lines) throws IOException {
    put(record(), BatchWord.whole(lines), true);
  }

  /** Writes the scheduler's ids, one for each array task. */
  void write(List<String> ids) throws IOException {
    put(path.resolve("ids"), lines(ids), true);
  }

  /** Returns the scheduler's ids; empty if unknown. */
  List<String> ids() {
    return texts("ids");
  }

  /** Writes why the scheduler lets each array task wait, for commands that only read. */
  void writeWaits(List<String> reasons) throws IOException {
    put(path.resolve("waits"), lines(reasons), false);
  }

  /** Returns why each array task waits, as last known; empty if unknown. */
  List<String> waits() {
    return texts("waits");
  }

  private static byte[] lines(List<String> texts) {
    StringBuilder lines = new StringBuilder();
    texts.forEach(text -> BatchWord.line(lines, "id", text));
    return BatchWord.whole(lines.toString());
  }

  private List<String> texts(String file) {
    BatchWord word = BatchWord.read(path.resolve(file));
    return word == null ? List.of() : word.texts("id");
  }

  /** Returns the file for the messages of the scheduler and of the script. */
  Path log() {
    return path.resolve("out");
  }

  /** Returns the folders of scripts in a folder; empty if the folder does not exist. */
  static List<BatchFolder> all(Path folder) throws IOException {
    return folders(folder).stream().filter(each -> !isGone(each)).map(BatchFolder::new).toList();
  }

  static List<Path> folders(Path folder) throws IOException {
    List<Path> folders = entries(folder);
    folders.removeIf(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS));
    return folders;
  }

  /** Lists the folder: returns the files of each job, by claim, except for jobs without any. */
  public Map<String, Set<Word>> words() throws IOException {
    Map<String, Set<Word>> words = new HashMap<>();
    for (Path file : entries(path)) {
      String name = file.getFileName().toString();
      for (Word word : Word.values()) {
        if (name.endsWith(word.ending)) {
          String job = name.substring(0, name.length() - word.ending.length());
          words.computeIfAbsent(job, _ -> EnumSet.noneOf(Word.class)).add(word);
        }
      }
    }
    return words;
  }

  private static List<Path> entries(Path folder) throws IOException {
    try {
      return FileTree.entries(folder);
    } catch (NoSuchFileException gone) {
      return new ArrayList<>();
    }
  }

  private Path file(String job, Word word) {
    return path.resolve(job + word.ending);
  }

  /** Returns the path to which an old file of a product is moved. */
  public Path aside(String job, int product) {
    return file(job, Word.ASIDE).resolve(Integer.toString(product));
  }

  /** Moves aside an old file of a product, if there is one. */
  void moveAside(String job, int product, Path from) throws IOException {
    Path to = aside(job, product);
    Files.createDirectories(to.getParent());
    give(to.getParent());
    try {
      Files.move(from, to);
    } catch (NoSuchFileException gone) {
      return; // there is no old file
    }
  }

  Path begunFile(String job) {
    return file(job, Word.BEGUN);
  }

  /** Returns how a job ended; null if not yet known. {@code submitted} is in ms since 1970. */
  ProcessEnd status(String job, long submitted) {
    return StatusFile.read(file(job, Word.STATUS), file(job, Word.MADE), job, submitted);
  }

  /**
   * Returns whether the script says that it did not begin a job, since its batch had too little
   * time or was cancelled. Claim the job before it is submitted again.
   */
  boolean isLater(String job) {
    return BatchWord.read(file(job, Word.LATER)) != null;
  }

  /**
   * Claims a job, so that no script starts it from now on. Returns false if another owner has the
   * claim; the same owner may claim again. If the folder is missing, no script can start the job,
   * and the claim succeeds.
   */
  public boolean claim(String job, ClaimOwner me) throws IOException {
    Path claim = file(job, Word.CLAIM);
    try {
      Files.createDirectory(claim);
    } catch (FileAlreadyExistsException taken) {
      return me.equals(owner(job));
    } catch (NoSuchFileException gone) {
      return true;
    }
    sign(claim, me);
    return true;
  }

  private static void sign(Path claim, ClaimOwner me) throws IOException {
    give(claim);
    put(claim.resolve("by"), me.word(), false);
  }

  /**
   * Returns the owner of the claim on a job; null if no file names one. A claim in {@link #words}
   * counts without a name, too: its owner is about to write the name, or was killed.
   */
  public ClaimOwner owner(String job) {
    return ClaimOwner.read(file(job, Word.CLAIM).resolve("by"));
  }

  /** Returns whether a torc has the claim: no script ran the job, or its end is recorded. */
  boolean isTaken(String job, Set<Word> there) {
    ClaimOwner by = there.contains(Word.CLAIM) ? owner(job) : null;
    return by != null && by.isTorc();
  }

  /** Returns whether no file of a job is needed: a torc has the claim, and no file is aside. */
  boolean isDone(String job, Set<Word> there) {
    return isTaken(job, there) && !there.contains(Word.ASIDE);
  }

  /** Marks a job as unwanted before it is cancelled, with INT first if {@code interrupted}. */
  void unwanted(String job, boolean interrupted) throws IOException {
    put(file(job, Word.UNWANTED), interrupted ? INTERRUPTED : new byte[0], true);
  }

  /** Returns whether a folder's name says that its removal has begun. */
  static boolean isGone(Path folder) {
    return folder.toString().endsWith(GONE);
  }

  /**
   * Removes the files of a job whose end is recorded, also those aside. The claim stays with this
   * torc as owner, so that no second run of the script runs the job.
   */
  public void forget(String job, ClaimOwner me) throws IOException {
    if (!Files.isDirectory(path)) {
      return;
    }
    Path claim = file(job, Word.CLAIM);
    Files.createDirectories(claim);
    sign(claim, me);
    for (Word word : List.of(Word.BEGUN, Word.LATER, Word.UNWANTED, Word.MADE, Word.STATUS)) {
      OwnFile.remove(file(job, word));
    }
    OwnFile.remove(claim.resolve("end"));
    FileTree.remove(file(job, Word.ASIDE));
  }

  /**
   * Removes the folder with all claims, when nothing in it is needed. A script that is run again
   * cannot claim a job without the folder. Throws if any file is still aside.
   */
  public void remove() throws IOException {
    if (!Files.isDirectory(path)) {
      return;
    }
    if (words().values().stream().anyMatch(words -> words.contains(Word.ASIDE))) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    // Rename it first: while claims are removed one by one, no script may find the folder.
    Path gone = path.resolveSibling(path.getFileName() + GONE);
    Files.move(path, gone, StandardCopyOption.ATOMIC_MOVE);
    FileTree.remove(gone);
  }

  /** Makes the folder. If a group may write to the folder above, it may write to this one too. */
  void make() throws IOException {
    Files.createDirectories(path);
    give(path);
  }

  /** Gives a new file to its folder's group: another member may have to continue the build. */
  private static void give(Path made) throws IOException {
    GroupAccess.of(made.getParent()).give(made);
  }

  /**
   * Writes a file that other hosts see complete or not at all, after a crash too if {@code sync}.
   */
  private static void put(Path file, byte[] bytes, boolean sync, FileAttribute<?>... made)
      throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Set<StandardOpenOption> how = EnumSet.of(CREATE, TRUNCATE_EXISTING, WRITE);
    try (FileChannel out = FileChannel.open(fresh, how, made)) {
      Channels.newOutputStream(out).write(bytes);
      if (sync) {
        out.force(false);
      }
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new FileSystemException(file.toString(), null, e.getMessage()); // e names no file
    }
    give(fresh);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
