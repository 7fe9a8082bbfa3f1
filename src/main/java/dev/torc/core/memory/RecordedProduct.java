package dev.torc.core.memory;

import dev.torc.base.bytes.Fields;
import dev.torc.base.bytes.Fields.Form;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Stamp.FileKind;
import java.util.List;

/**
 * A product of a run, or a member of a folder product. {@code results.ResultChecks} decides which
 * are accepted from a shared store.
 *
 * @param path for a product, relative to the root or absolute; for a member, relative to its folder
 * @param kind the kind of file; for a product that is a symlink, the kind of its target
 * @param digest of the bytes that readers read; null for folders and links within a folder
 * @param size bytes; for a folder, the bytes of all its files
 * @param link the text of the symlink at the path; null if there is none
 * @param members of a folder at every depth, sorted by the bytes of their paths; empty if the
 *     folder is stored as a whole, as in the local store and in a job's record
 */
public record RecordedProduct(
    String path,
    FileKind kind,
    Digest digest,
    long size,
    String link,
    List<RecordedProduct> members) {

  public RecordedProduct(String path, FileKind kind, Digest digest, long size, String link) {
    this(path, kind, digest, size, link, List.of());
  }

  private static final FileKind[] KINDS = FileKind.values();

  /** Passes a product with its members. Members have no members. */
  public static RecordedProduct form(Fields fields, RecordedProduct of) {
    RecordedProduct it = bare(fields, of);
    Form<RecordedProduct> inner = of == null ? RecordedProduct::bare : RecordedProduct::form;
    List<RecordedProduct> members = fields.list(6, of, RecordedProduct::members, inner);
    return new RecordedProduct(it.path, it.kind, it.digest, it.size, it.link, members);
  }

  private static RecordedProduct bare(Fields fields, RecordedProduct of) {
    return new RecordedProduct(
        fields.text(1, of, RecordedProduct::path),
        fields.constant(2, of, RecordedProduct::kind, KINDS),
        fields.digest(3, of, RecordedProduct::digest),
        fields.number(4, of, RecordedProduct::size),
        fields.text(5, of, RecordedProduct::link));
  }

  public static RecordedProduct file(String path, Digest digest, long size) {
    return new RecordedProduct(path, FileKind.FILE, digest, size, null);
  }

  public static RecordedProduct link(String path, String text) {
    return new RecordedProduct(path, FileKind.LINK, null, 0, text);
  }

  public static RecordedProduct folder(String path, Digest digest, List<RecordedProduct> members) {
    long size = members.stream().mapToLong(RecordedProduct::size).sum();
    return new RecordedProduct(path, FileKind.FOLDER, digest, size, null, List.copyOf(members));
  }

  public static RecordedProduct inner(String path) {
    return new RecordedProduct(path, FileKind.FOLDER, null, 0, null);
  }

  public boolean isFile() {
    return kind == FileKind.FILE && link == null;
  }

  public boolean isLink() {
    return link != null;
  }

  /** Returns the kind of file at the path itself, which may be a symlink. */
  public FileKind stands() {
    return isLink() ? FileKind.LINK : kind;
  }

  /** Returns the path that torc may delete while it is unmodified: for a symlink, its own path. */
  public OwnedPath owned(String job) {
    Digest own = isLink() ? Digest.ofText(link) : digest;
    return new OwnedPath(path, stands(), own, job, OwnedPath.Whose.TORC, null, 0);
  }

  /** Compares path, kind and digest. A generated equals would slow down each start of the JVM. */
  public boolean isLike(RecordedProduct other) {
    return kind == other.kind && digest.equals(other.digest) && path.equals(other.path);
  }

  /**
   * A path that torc made and may delete while it is unmodified. An adopted path is the user's own
   * file, which torc never deletes.
   *
   * @param git the {@code digests.GitState} of a folder at the end of the run; null without a .git
   * @param build the number of the build that recorded it; 0 if unknown
   */
  public record OwnedPath(
      String path, FileKind kind, Digest digest, String job, Whose whose, Digest git, long build) {

    /** Whose a recorded path is. */
    public enum Whose {
      /** A run made it: torc deletes it while it is unmodified. */
      TORC,
      /** Adopted. */
      USER,
      /** A killed run left it, or it came there since: torc sets it aside. */
      KILLED
    }

    /** Returns this path as one that a job made, not adopted. */
    public OwnedPath by(String maker) {
      return new OwnedPath(path, kind, digest, maker, Whose.TORC, null, build);
    }

    public OwnedPath as(boolean users) {
      return new OwnedPath(path, kind, digest, job, users ? Whose.USER : Whose.TORC, git, build);
    }

    public OwnedPath in(long number) {
      return new OwnedPath(path, kind, digest, job, whose, git, number);
    }

    public OwnedPath with(Digest state) {
      return new OwnedPath(path, kind, digest, job, whose, state, build);
    }

    public boolean adopted() {
      return whose == Whose.USER;
    }

    /** Returns whether torc deletes it while it is unmodified. */
    public boolean isRemovable() {
      return whose == Whose.TORC;
    }

    /** Compares path, kind and digest. A generated equals would slow down each start of the JVM. */
    public boolean isLike(OwnedPath other) {
      return kind == other.kind && digest.equals(other.digest) && path.equals(other.path);
    }
  }
}
