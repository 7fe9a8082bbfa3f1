package dev.torc.cluster;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.torc.local.ProcessEnd;
import dev.torc.posix.FileTree;
import dev.torc.posix.GroupAccess;
import dev.torc.posix.OwnFile;
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
 * The folder of one script of batches on the shared file system: what the script says there of its
 * jobs, and torc's own claims. Jobs are known by the names of their claims. It does not know
 * whether a script still runs: the scheduler does.
 *
 * @param path absolute
 */
public record BatchFolder(Path path) {

  /** What may be there of a job; its name and this one's in lower case are the file's name. */
  public enum Word {
    /** A folder: a script or a torc has the job, for ever. */
    CLAIM,
    /** A folder: what stood in the places of its products, moved there by its script or by torc. */
    ASIDE,
    /** Its script cleared the places of its products; its processes start. */
    BEGUN,
    /** Its script did not begin it and left it for another submission; there is no claim. */
    LATER,
    /** A torc told the scheduler to end it: whatever it comes to is of no use. */
    UNWANTED,
    /** What the files of its products were when it ended. */
    MADE,
    /** It is over. */
    STATUS;

    private final String ending = "." + name().toLowerCase(Locale.ROOT);
  }

  private static final String GONE = ".gone";

  /** Where the script itself is best written. */
  public Path script() {
    return path.resolve("script");
  }

  /** Writes the script, whole or not at all, executable for all users that the umask lets. */
  public void writeScript(byte[] text) throws IOException {
    put(
        script(),
        text,
        true,
        PosixFilePermissions.asFileAttribute(EnumSet.allOf(PosixFilePermission.class)));
  }

  /** What is written down of it before it is handed out, as {@link RemoteBatch} says it. */
  Path record() {
    return path.resolve("jobs");
  }

  void writeRecord(String lines) throws IOException {
    put(record(), BatchWord.whole(lines));
  }

  /** Writes down the scheduler's ids, one for each element. */
  void write(List<String> ids) throws IOException {
    StringBuilder lines = new StringBuilder();
    ids.forEach(id -> BatchWord.line(lines, "id", id));
    put(path.resolve("ids"), BatchWord.whole(lines.toString()));
  }

  /** The scheduler's ids; empty where they are not known. */
  List<String> ids() {
    BatchWord word = BatchWord.read(path.resolve("ids"));
    return word == null ? List.of() : word.texts("id");
  }

  /** Where the scheduler writes what it and the script itself have to say. */
  Path log() {
    return path.resolve("out");
  }

  /** The folders of scripts in a folder; none where that is not there. */
  static List<BatchFolder> all(Path folder) throws IOException {
    return folders(folder).stream().filter(each -> !isGone(each)).map(BatchFolder::new).toList();
  }

  private static List<Path> folders(Path folder) throws IOException {
    List<Path> folders = entries(folder);
    folders.removeIf(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS));
    return folders;
  }

  /**
   * Takes away what is of no use any more, as killed torcs leave it: folders of scripts that were
   * not written down yet, of which all is recorded, or that were being taken away, and folders with
   * nothing in them.
   *
   * @param folder has a folder for each executor
   */
  public static void tidy(Path folder) throws IOException {
    for (Path executor : folders(folder)) {
      for (Path each : folders(executor)) {
        BatchFolder place = new BatchFolder(each);
        if (isGone(each)) {
          FileTree.remove(each);
        } else if (place.isDone()) {
          place.remove();
        }
      }
      OwnFile.removeEmpty(executor);
    }
    OwnFile.removeEmpty(folder);
  }

  private boolean isDone() throws IOException {
    RemoteBatch batch = RemoteBatch.read(this);
    return batch == null ? words().isEmpty() : EarlierJob.of(batch).isEmpty();
  }

  /** What there is of each job, by one listing of the folder; of one without a word, nothing. */
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

  /** Where a product went that stood there before, whether it did or not. */
  public Path aside(String job, int product) {
    return file(job, Word.ASIDE).resolve(Integer.toString(product));
  }

  /** Moves aside what stands in the place of a product; does nothing where nothing does. */
  void moveAside(String job, int product, Path from) throws IOException {
    Path to = aside(job, product);
    Files.createDirectories(to.getParent());
    give(to.getParent());
    try {
      Files.move(from, to);
    } catch (NoSuchFileException gone) {
      return; // by itself, meanwhile
    }
  }

  /** The file that says that it begins. */
  Path begunFile(String job) {
    return file(job, Word.BEGUN);
  }

  /**
   * How it ended; null where there is no word of that yet.
   *
   * @param submitted when its script was handed out, milliseconds since 1970
   */
  ProcessEnd status(String job, long submitted) {
    return StatusFile.read(file(job, Word.STATUS), file(job, Word.MADE), job, submitted);
  }

  /**
   * Whether its script says that it did not begin it: for the time, which the rest of the batch's
   * did not hold, or since it was cancelled before its turn. The claim is still to be taken before
   * the job is submitted anew.
   */
  boolean isLater(String job) {
    return BatchWord.read(file(job, Word.LATER)) != null;
  }

  /**
   * Takes a job, so that no script begins it from now on; without the folder none can.
   *
   * @return false where another owner has it; the same one may claim it again
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
   * The owner of the claim on a job; null where there is no word of that. With a claim in {@link
   * #words} it is taken all the same: its owner was killed before it could say so, or is about to.
   */
  public ClaimOwner owner(String job) {
    return ClaimOwner.read(file(job, Word.CLAIM).resolve("by"));
  }

  /**
   * Whether a torc has a job: it never ran by this script, or is recorded.
   *
   * @param there what {@link #words} says of it
   */
  boolean isTaken(String job, Set<Word> there) {
    ClaimOwner by = there.contains(Word.CLAIM) ? owner(job) : null;
    return by != null && by.isTorc();
  }

  /**
   * Whether nothing of a job is of use any more: a torc has it, and nothing lies aside.
   *
   * @param there what {@link #words} says of it
   */
  boolean isDone(String job, Set<Word> there) {
    return isTaken(job, there) && !there.contains(Word.ASIDE);
  }

  /** Writes down that what a job comes to is of no use, before the scheduler is told to end it. */
  void unwanted(String job) throws IOException {
    put(file(job, Word.UNWANTED), new byte[0]);
  }

  /** Whether a folder is being taken away. */
  private static boolean isGone(Path folder) {
    return folder.toString().endsWith(GONE);
  }

  /**
   * Takes away what there is of a job whose end is recorded, with what of its own still lies aside,
   * but for the claim, which is torc's now: without that, a script that is run once more would run
   * it.
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
   * Takes the folder away with all claims, when nothing of it is of use any more; a script that is
   * run once more finds no place for a claim. Nothing may lie aside any more.
   */
  public void remove() throws IOException {
    if (!Files.isDirectory(path)) {
      return;
    }
    if (words().values().stream().anyMatch(words -> words.contains(Word.ASIDE))) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    // By another name first: while claims go one by one, no script may find the folder.
    Path gone = path.resolveSibling(path.getFileName() + GONE);
    Files.move(path, gone, StandardCopyOption.ATOMIC_MOVE);
    FileTree.remove(gone);
  }

  /** Makes the folder, for the group too where one writes to the folder that it is in. */
  void make() throws IOException {
    Files.createDirectories(path);
    give(path);
  }

  /** A member of that group may have to go on with it, or to take it away. */
  private static void give(Path made) throws IOException {
    GroupAccess.of(made.getParent()).give(made);
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    put(file, bytes, true);
  }

  /**
   * Writes a file that readers on other hosts see whole or not at all.
   *
   * @param sync whether it has to outlive this machine too
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
      throw new FileSystemException(file.toString(), null, e.getMessage()); // a channel names none
    }
    give(fresh);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
