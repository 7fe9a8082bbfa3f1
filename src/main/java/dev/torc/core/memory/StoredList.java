package dev.torc.core.memory;

import dev.torc.base.bytes.Fields;
import dev.torc.base.digests.Digest;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * The members of a needed list or folder product as the database stores them: all of them, or how
 * they differ from a {@code base}, another list that is stored with all its members. After an edit
 * of one of 40 000 files, the whole list would take 3.6 MB again.
 *
 * @param entries all members; empty if there is a base
 * @param base null if there is none
 * @param edits the differences, in the order of the members
 */
public record StoredList(List<ManifestEntry> entries, Digest base, List<Edit> edits) {

  /** The number of members from which a list may have a base. */
  private static final int MANY = 500;

  /** A list has a base if at most one in so many members differs. */
  private static final int FEW = 100;

  /** After {@code kept} members of the base, {@code gone} others are replaced by {@code added}. */
  record Edit(int kept, int gone, List<ManifestEntry> added) {

    static Edit form(Fields fields, Edit of) {
      return new Edit(
          fields.small(1, of, Edit::kept),
          fields.small(2, of, Edit::gone),
          fields.list(3, of, Edit::added, StoredList::member));
    }
  }

  /** Returns whether a list is so large that it may be stored as its differences from another. */
  public static boolean mayDiffer(List<ManifestEntry> entries) {
    return entries.size() >= MANY;
  }

  public static StoredList whole(List<ManifestEntry> entries) {
    return new StoredList(entries, null, List.of());
  }

  /** Returns a list as its differences from a base, or as a whole if these are many. */
  static StoredList of(List<ManifestEntry> entries, Digest base, List<ManifestEntry> of) {
    List<Edit> edits = new ArrayList<>();
    int most = entries.size() / FEW;
    int changes = 0;
    int kept = 0;
    int at = 0; // in the base
    for (int i = 0; i < entries.size() || at < of.size(); ) {
      if (i < entries.size() && at < of.size() && entries.get(i).isLike(of.get(at))) {
        i++;
        at++;
        kept++;
        continue;
      }
      int order =
          i == entries.size()
              ? 1
              : at == of.size() ? -1 : entries.get(i).name().compareTo(of.get(at).name());
      // The order of some lists is another one; then a moved member counts as removed and added.
      edits.add(new Edit(kept, order < 0 ? 0 : 1, order > 0 ? List.of() : List.of(entries.get(i))));
      kept = 0;
      at += order < 0 ? 0 : 1;
      i += order > 0 ? 0 : 1;
      if (++changes > most) {
        return whole(entries);
      }
    }
    return new StoredList(List.of(), base, edits);
  }

  /** Returns all members, of which {@code base} has the members of the base; null if unknown. */
  List<ManifestEntry> on(List<ManifestEntry> of) {
    List<ManifestEntry> all = new ArrayList<>(of.size() + edits.size());
    int at = 0;
    for (Edit edit : edits) {
      if (at + edit.kept + edit.gone > of.size()) {
        return null;
      }
      all.addAll(of.subList(at, at + edit.kept));
      all.addAll(edit.added);
      at += edit.kept + edit.gone;
    }
    all.addAll(of.subList(at, of.size()));
    return all;
  }

  /** Passes a list. An earlier torc wrote the entries under tag 1, in the form of other lines. */
  static StoredList form(Fields fields, StoredList of) {
    List<ManifestEntry> earlier = fields.list(1, of, _ -> List.of(), ManifestEntry::form);
    Digest base = fields.digest(2, of, StoredList::base);
    List<Edit> edits = fields.list(3, of, StoredList::edits, Edit::form);
    List<ManifestEntry> entries = fields.list(4, of, StoredList::entries, StoredList::member);
    return new StoredList(earlier.isEmpty() ? entries : earlier, base, edits);
  }

  /** Passes a member. A digest takes half as many bytes as its text. */
  private static ManifestEntry member(Fields fields, ManifestEntry of) {
    String name = fields.text(1, of, ManifestEntry::name);
    Digest digest = fields.digest(2, of, each -> digest(each.now()));
    String now = fields.text(3, of, each -> digest(each.now()) == null ? each.now() : null);
    int code = fields.small(4, of, ManifestEntry::code);
    String old = fields.text(5, of, ManifestEntry::old);
    return new ManifestEntry(code, name, old, digest == null ? now : digest.hex());
  }

  /** Returns the digest of which a text is the hexadecimal form; null for any other text. */
  private static Digest digest(String text) {
    boolean hex = text != null && text.length() == 2 * Digest.LENGTH;
    for (int i = 0; hex && i < text.length(); i++) {
      char c = text.charAt(i);
      hex = c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
    }
    return hex ? Digest.ofHex(text) : null;
  }
}
