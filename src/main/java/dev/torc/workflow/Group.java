package dev.torc.workflow;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import java.util.List;

/**
 * A job with parameters: it stands for all its instances. The reader of the build file expands it;
 * the graph knows what waits for it.
 *
 * @param parameters names of the parameters that name an instance, in the order written
 * @param instances names of the instances that are known, in their order; they are jobs of the
 *     workflow
 * @param awaits names of the jobs or groups whose results decide which instances there are; empty
 *     once all are known
 * @param products what the instances will produce as far as it can be told before they are known:
 *     each unknown value is a {@code *}; empty once all are known
 * @param problems why it cannot be expanded, where only results showed that; it has no instances
 *     then and awaits nothing
 * @param tables the files of lines and tables from which it takes values
 * @param nothing where it has no instances because sources give no values: what is there instead,
 *     in a few words behind the place that asks for it; empty for any other group
 * @param warnings why it has no instances though it could be expanded, where that is no ordinary
 *     outcome
 * @param allowFailure whether its instances may fail; told as long as they are not known
 */
public record Group(
    String name,
    Place place,
    List<String> parameters,
    List<String> instances,
    List<String> awaits,
    List<Ref> products,
    List<BadInput.Diagnostic> problems,
    List<String> tables,
    String nothing,
    List<BadInput.Diagnostic> warnings,
    boolean allowFailure) {

  /** Whether not all instances are known: it awaits results, or they made no sense. */
  public boolean isOpen() {
    return !awaits.isEmpty() || !problems.isEmpty();
  }

  /** A group that cannot be expanded: its readers expect its products, so they never start. */
  public static Group failed(
      String name,
      Place place,
      List<String> names,
      List<Ref> products,
      List<BadInput.Diagnostic> why,
      List<String> tables,
      boolean allow) {
    List<String> none = List.of();
    return new Group(name, place, names, none, none, products, why, tables, "", List.of(), allow);
  }
}
