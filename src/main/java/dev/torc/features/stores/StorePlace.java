package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The place of the entries and blobs of a shared store: a folder or a server. {@link SharedStore}
 * checks what it returns. {@link StoreCall} limits the time of a request. The place notes in the
 * request when an answer starts and when bytes pass, and stops when its thread is interrupted. Safe
 * for several threads.
 */
interface StorePlace extends AutoCloseable {

  /** The two parts of a store: blobs by their digests, and entries by their keys. */
  String BLOBS = "cas";

  String ENTRIES = "ac";

  String name();

  /** Returns whether only the store's owner can read its files. */
  default boolean isPrivate() {
    return false;
  }

  /** Opens a blob or an entry; returns null if it is missing. The bytes may be wrong. */
  InputStream open(String in, Digest name, StoreRequest request) throws StoreRefusal;

  /** Returns the refusal for a failed read from a stream of this place. */
  StoreRefusal broken(IOException e);

  /** Returns whether the place has a blob with this digest and size. Does not read its bytes. */
  boolean has(Blob blob, StoreRequest request) throws StoreRefusal;

  /** Writes an entry or a blob, replacing an existing one. */
  void put(String in, Digest name, BlobSource bytes, StoreRequest request) throws StoreRefusal;

  /** Returns up to {@code most} keys of entries, newest first; fewer if listing is slow. */
  default List<Digest> newest(int most, long nanos, StoreRequest request) throws StoreRefusal {
    return List.of();
  }

  /** Returns whether each request takes a network round trip, so that several run at a time. */
  default boolean isFar() {
    return false;
  }

  @Override
  default void close() {}
}
