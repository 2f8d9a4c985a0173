-- stepladder: allow data_loss entries.amount because version 1 has no cents
UPDATE entries SET amount = amount / 100;
