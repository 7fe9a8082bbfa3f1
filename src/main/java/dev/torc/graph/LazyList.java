package dev.torc.graph;

import java.util.AbstractList;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/** A list whose elements are made when they are asked for, and then kept. For several threads. */
public final class LazyList<T> extends AbstractList<T> implements RandomAccess {

  private final Object[] made;
  private final IntFunction<T> make;

  /**
   * @param make called for an index, perhaps more than once, with equal results; never null
   */
  public LazyList(int size, IntFunction<T> make) {
    this.made = new Object[size];
    this.make = make;
  }

  @Override
  @SuppressWarnings("unchecked")
  public T get(int index) {
    Object element = made[index];
    if (element == null) {
      element = make.apply(index);
      made[index] = element;
    }
    return (T) element;
  }

  @Override
  public int size() {
    return made.length;
  }
}
