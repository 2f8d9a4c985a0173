-- stepladder: allow data_loss users because nobody logs in any more
DROP TABLE users;
