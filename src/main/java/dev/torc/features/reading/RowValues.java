package dev.torc.features.reading;

import java.util.Map;

/**
 * The values of one instance, as its placeholders see them. The group's expansion makes them.
 *
 * @param parameters the values in the instance's name, by parameter; {@code Scope} says what stands
 *     for a value that is not known yet
 * @param columns the values of the instance's other parameters, by name; lists and maps too
 * @param others the values that the group's other instances have
 */
public record RowValues(
    Map<String, String> parameters, Map<String, Value> columns, OtherValues others) {

  static final RowValues NONE = of(Map.of());

  public static RowValues of(Map<String, String> parameters) {
    return new RowValues(parameters, Map.of(), OtherValues.NONE);
  }
}
