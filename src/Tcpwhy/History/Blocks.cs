using Microsoft.Data.Sqlite;
using Tcpwhy.Model;

namespace Tcpwhy.History;

/// <summary>Finds single failures in the blocks that they lie in; those that are near in time lie in the same.</summary>
internal sealed class Blocks(SqliteConnection database)
{
    private const int Size = 256;
    private const int MostHeld = 64;
    private readonly Dictionary<long, Finding[]> _held = [];

    /// <summary>The failure of this number; null when it was deleted meanwhile.</summary>
    public Finding? Find(long id)
    {
        if (!_held.TryGetValue(id / Size, out Finding[]? block))
        {
            if (_held.Count >= MostHeld)
                _held.Clear();
            _held[id / Size] = block = Read(id / Size);
        }
        int place = (int)(id % Size);
        return place >= 0 && place < block.Length && block[place].Examples.Count > 0 ? block[place] : null;
    }

    private Finding[] Read(long id)
    {
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = "SELECT findings FROM blocks WHERE id = $1";
        command.Parameters.AddWithValue("$1", id);
        return command.ExecuteScalar() is byte[] packed ? Packed.Read(packed, HistoryJson.Default.FindingArray) : [];
    }
}
