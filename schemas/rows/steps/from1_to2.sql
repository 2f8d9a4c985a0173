-- stepladder: allow data_loss entries.amount because amounts are whole numbers of euros, and none is text
UPDATE entries SET amount = amount * 100;
