package dev.torc.results;

import dev.torc.hash.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Where entries and blobs of a shared store lie: a folder or a server. {@link SharedStore} checks
 * what it gives. {@link StoreCall} limits the time of a request; the place tells it when an answer
 * begins and when bytes pass, and stops when its thread is interrupted. For several threads.
 */
interface StorePlace extends AutoCloseable {

  /** The two parts of a store: blobs by their digests, and entries by their keys. */
  String BLOBS = "cas";

  String ENTRIES = "ac";

  /** Returns the name in messages: a path or a URL. */
  String name();

  /** Returns whether only the store's owner can read its files. */
  default boolean isPrivate() {
    return false;
  }

  /** Opens a blob or an entry; null if there is none. The bytes may be wrong. */
  InputStream open(String in, Digest name, StoreRequest request) throws StoreRefusal;

  /** Returns the refusal for a stream of this place that broke off. */
  StoreRefusal broken(IOException e);

  /** Returns whether a blob of this size lies there; does not read its bytes. */
  boolean has(Blob blob, StoreRequest request) throws StoreRefusal;

  /** Puts bytes there, in place of any others. */
  void put(String in, Digest name, BlobSource bytes, StoreRequest request) throws StoreRefusal;

  /** Returns the keys with entries, newest first; a subset if listing takes too long. */
  default List<Digest> newest(int most, long nanos, StoreRequest request) throws StoreRefusal {
    return List.of();
  }

  /** Returns whether a request takes a round trip: then several run at once. */
  default boolean isFar() {
    return false;
  }

  @Override
  default void close() {}
}
