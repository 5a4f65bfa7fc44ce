using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tcpwhy.Tests.Cli;

/// <summary>The part of JSON Schema that docs/schemas use; a keyword that is not known here fails, so that none is ignored.</summary>
internal static class JsonSchema
{
    /// <summary>What is wrong with the document, each with its path.</summary>
    public static List<string> Errors(JsonElement schema, JsonElement document)
    {
        List<string> errors = [];
        Check(schema, document, "$", errors);
        return errors;
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            string? error = keyword.Name switch
            {
                "type" => HasType(keyword.Value, value) ? null : $"is {value.ValueKind}, not {keyword.Value}",
                "enum" => keyword.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) ? null : $"{value} is none of {keyword.Value}",
                "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!) ? null : $"'{value}' does not match {keyword.Value}",
                "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= keyword.Value.GetInt32() ? null : $"has {value.GetArrayLength()} items",
                "required" => value.ValueKind == JsonValueKind.Object && keyword.Value.EnumerateArray().FirstOrDefault(name => !value.TryGetProperty(name.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing ? $"lacks {missing}" : null,
                "properties" or "items" or "additionalProperties" or "$schema" or "$id" or "title" or "description" => null,
                _ => $"the schema's keyword {keyword.Name} is not known",
            };
            if (error is not null)
                errors.Add($"{path}: {error}");
        }
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement items))
        {
            int index = 0;
            foreach (JsonElement item in value.EnumerateArray())
                Check(items, item, $"{path}[{index++}]", errors);
        }
        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out JsonElement properties))
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                if (properties.TryGetProperty(property.Name, out JsonElement inner))
                    Check(inner, property.Value, $"{path}.{property.Name}", errors);
                else if (schema.TryGetProperty("additionalProperties", out JsonElement more) && more.ValueKind == JsonValueKind.False)
                    errors.Add($"{path}: has {property.Name}, which the schema does not know");
            }
        }
    }

    private static bool HasType(JsonElement types, JsonElement value) => types.ValueKind == JsonValueKind.Array
        ? types.EnumerateArray().Any(type => HasType(type, value))
        : (types.GetString(), value.ValueKind) switch
        {
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null)
                or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
            ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
            _ => false,
        };
}
